/* The migrations of schema/, embedded at build time by schema/embed.cmake. */
#ifndef IO_STORE_SCHEMA_H
#define IO_STORE_SCHEMA_H

extern const char *const store_schema[]; /* SQL that takes a database from user_version i to i + 1 */
extern const int store_schema_version;   /* how many there are: the user_version of this program */

#endif
