/* systemd's readiness protocol: datagrams to $NOTIFY_SOCKET; does nothing where that is unset. */
#ifndef IO_NOTIFY_H
#define IO_NOTIFY_H

#include <stdint.h>

__attribute__((format(printf, 1, 2))) void notify_send(const char *format, ...); /* "READY=1\nSTATUS=…" */
int64_t notify_watchdog_us(void); /* half of $WATCHDOG_USEC if it is meant for this process, else 0 */

#endif
