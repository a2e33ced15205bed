/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character that the len > 0 bytes at s begin with, 1 to 4; 0: none. */
size_t utf8_char(const char *s, size_t len);
/* The code point of that character, of n bytes as utf8_char said. */
uint32_t utf8_point(const char *s, size_t n);

#endif
