/* disk_calls.h: put in front of the spool's and the quarantine's sources: their disk is a simulated
 * one. All headers that declare the real calls come first. */
#ifndef DESKBELL_TEST_SIMULATION_DESK_DISK_CALLS_H
#define DESKBELL_TEST_SIMULATION_DESK_DISK_CALLS_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int disk_open(const char *path, int flags);
int disk_openat(int folder, const char *name, int flags, ...);
int disk_close(int fd);
int disk_dup(int fd);
int disk_mkdir(const char *path, mode_t mode);
int disk_mkdirat(int folder, const char *name, mode_t mode);
int disk_fchmod(int fd, mode_t mode);
int disk_flock(int fd, int how);
int disk_fstat(int fd, struct stat *ret);
ssize_t disk_read(int fd, void *bytes, size_t length);
ssize_t disk_pread(int fd, void *bytes, size_t length, off_t offset);
ssize_t disk_write(int fd, const void *bytes, size_t length);
int disk_fdatasync(int fd);
int disk_fsync(int fd);
int disk_ftruncate(int fd, off_t length);
int disk_linkat(int from_folder, const char *from, int to_folder, const char *to, int flags);
int disk_renameat(int from_folder, const char *from, int to_folder, const char *to);
int disk_unlinkat(int folder, const char *name, int flags);
DIR *disk_fdopendir(int fd);
struct dirent *disk_readdir(DIR *dir);
void disk_rewinddir(DIR *dir);
int disk_closedir(DIR *dir);

#ifndef DISK_ITSELF
#undef fstat
#define open disk_open
#define openat disk_openat
#define close disk_close
#define dup disk_dup
#define mkdir disk_mkdir
#define mkdirat disk_mkdirat
#define fchmod disk_fchmod
#define flock disk_flock
#define fstat disk_fstat
#define read disk_read
#define pread disk_pread
#define write disk_write
#define fdatasync disk_fdatasync
#define fsync disk_fsync
#define ftruncate disk_ftruncate
#define linkat disk_linkat
#define renameat disk_renameat
#define unlinkat disk_unlinkat
#define fdopendir disk_fdopendir
#define readdir disk_readdir
#define rewinddir disk_rewinddir
#define closedir disk_closedir
#endif

#endif
