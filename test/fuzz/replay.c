/* replay.c: runs every file of a corpus through a fuzzer's entry point, as an ordinary test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        perror(path);
        return 1;
    }
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(size + 1); /* the exact size, so that ASan sees an over-read */
    size_t got = data == NULL ? 0 : fread(data, 1, size, file);
    fclose(file);
    uint8_t *exact = malloc(got > 0 ? got : 1);
    for (size_t i = 0; i < got; i++)
        exact[i] = data[i];
    free(data);
    LLVMFuzzerTestOneInput(exact, got);
    free(exact);
    return 0;
}

int main(int argc, char **argv)
{
    int files = 0, failed = 0;

    for (int i = 1; i < argc; i++) {
        DIR *directory = opendir(argv[i]);
        if (directory == NULL) {
            perror(argv[i]);
            return 1;
        }
        for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
            char path[4096];
            if (entry->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            failed += replay_file(path);
            files++;
        }
        closedir(directory);
    }
    printf("%d files replayed\n", files);
    return files == 0 || failed > 0;
}
