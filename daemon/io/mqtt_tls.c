/* Makes the TLS context of a connection: authorities, the client's certificate and key, the name that the broker's
 * certificate must be for. libmosquitto would make one as well, but says of all that can be wrong with a certificate only
 * that the verification failed. Refuses keys with a pass phrase, which nobody is there to type. */
#include "mqtt_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void mqtt_tls_keep(struct mqtt_tls_error *error, const char *text)
{
	if (!error->text[0])
		snprintf(error->text, sizeof(error->text), "%s", text);
}

/* ---- the broker's certificate ---- */

static const char *verdict(int code)
{
	switch (code) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return "is for another host name";
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "has expired";
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "is not valid yet";
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return "comes from an unknown authority";
	}
	return "is refused";
}

/* As a subject alternative name or, as plants' own authorities often write it, as the common name. */
static bool is_for_address(X509_STORE_CTX *chain, const char *address)
{
	X509 *certificate = X509_STORE_CTX_get0_cert(chain);

	return X509_check_ip_asc(certificate, address, 0) == 1 || X509_check_host(certificate, address, 0, 0, NULL) == 1;
}

static int verify_chain(X509_STORE_CTX *chain, const char *address)
{
	int ok = X509_verify_cert(chain);

	if (ok <= 0 || !address || is_for_address(chain, address))
		return ok;
	X509_STORE_CTX_set_error(chain, X509_V_ERR_IP_ADDRESS_MISMATCH);
	return 0;
}

static int verify(X509_STORE_CTX *chain, void *ctx)
{
	const struct mqtt_tls_error *expected = ctx;
	int ok = verify_chain(chain, expected->address), code = X509_STORE_CTX_get_error(chain);
	bool above = code == X509_V_ERR_CERT_HAS_EXPIRED && X509_STORE_CTX_get_error_depth(chain) > 0;
	char text[sizeof(((struct mqtt_tls_error *)0)->text)];

	snprintf(text, sizeof(text), "the broker's certificate %s%s (%s)", above ? "is of an authority whose own " : "",
	         verdict(code), X509_verify_cert_error_string(code));
	if (ok <= 0)
		mqtt_tls_keep(ctx, text);
	return ok;
}

static bool expect_host(SSL_CTX *tls, const char *host, struct mqtt_tls_error *refused)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(tls);
	unsigned char address[sizeof(struct in6_addr)];

	refused->address = inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1 ? host : NULL;
	if (refused->address)
		return true;
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

/* ---- files ---- */

static bool failed(const char *what, const char *path, const char *why, struct err *e)
{
	const char *reason = why ? why : ERR_reason_error_string(ERR_peek_error());

	ERR_clear_error();
	err_set(e, "TLS: cannot read %s %s: %s", what, path, reason ? reason : "unknown error");
	return false;
}

static bool readable(const char *what, const char *path, struct err *e)
{
	return !path || access(path, R_OK) == 0 || failed(what, path, strerror(errno), e);
}

static int no_pass_phrase(char *buffer, int size, int writing, void *ctx)
{
	(void)buffer, (void)size, (void)writing, (void)ctx;
	return 0; /* else OpenSSL would ask on the terminal */
}

static bool load(SSL_CTX *tls, const struct mqtt_settings *s, struct err *e)
{
	ERR_clear_error();
	if (!readable("ca", s->ca, e) || !readable("cert", s->cert, e) || !readable("key", s->key, e))
		return false;
	if (s->ca ? SSL_CTX_load_verify_file(tls, s->ca) != 1 : SSL_CTX_set_default_verify_paths(tls) != 1)
		return failed("ca", s->ca ? s->ca : "of the system", NULL, e);
	if (s->cert && SSL_CTX_use_certificate_chain_file(tls, s->cert) != 1)
		return failed("cert", s->cert, NULL, e);
	if (s->key && SSL_CTX_use_PrivateKey_file(tls, s->key, SSL_FILETYPE_PEM) != 1)
		return failed("key", s->key, NULL, e);
	return true;
}

SSL_CTX *mqtt_tls_new(const struct mqtt_settings *settings, struct mqtt_tls_error *refused, struct err *e)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	err_set(e, "TLS: out of memory");
	if (!tls)
		return NULL;
	SSL_CTX_set_default_passwd_cb(tls, no_pass_phrase);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(tls, verify, refused);
	if (SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) == 1 && expect_host(tls, settings->host, refused) && load(tls, settings, e))
		return tls;
	SSL_CTX_free(tls);
	return NULL;
}
