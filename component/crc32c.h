/* crc32c.h: the Castagnoli checksum (RFC 3720, appendix B.4): finds every error of up to 32 bits in
 * a row, which is what disks do. Own, since the packaged libraries have CRC-32 or want a C++ run
 * time; against chance, not against people. */
#ifndef DESKBELL_COMPONENT_CRC32C_H
#define DESKBELL_COMPONENT_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(const void *bytes, size_t length);

#endif
