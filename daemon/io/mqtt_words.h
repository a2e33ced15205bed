/* What brokers, libmosquitto and the system say about a connection, in words for people. */
#ifndef IO_MQTT_WORDS_H
#define IO_MQTT_WORDS_H

const char *mqtt_words_connack(int version, int code);  /* version 5: reason code; 311: return code */
const char *mqtt_words_reason(int reason);              /* MQTT 5 reason code of a PUBACK or DISCONNECT */
const char *mqtt_words_error(int rc, int system_error); /* MOSQ_ERR_*; the errno or EAI_* left beside it */

#endif
