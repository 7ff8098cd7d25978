/* SPDX-License-Identifier: MIT */
/*
 * One plain GET for the cases' fetch(), as curl would ask: where a debug kernel
 * takes more than a second to start curl with its libraries.
 *
 *	fetch HEADS BODY URL [FIELD]...
 *
 * URL is http://ADDRESS[:PORT]PATH, sent as it is. A FIELD "Name: value" is sent, in
 * the place of an own one of that name, "Name:" sends none. HEADS gets all heads,
 * BODY the content of the last; its status goes to stdout. Ends with curl's statuses:
 * 3 URL, 7 connect, 28 after 60 s, 52 no answer, 56 it breaks off.
 */
#include <errno.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECONDS 60

static void die(int status, const char *what)
{
	fprintf(stderr, "fetch: %s\n", what);
	exit(status);
}

static void on_alarm(int number)
{
	(void)number;
	_exit(28);
}

struct url {
	char host[64];		/* as it is written, with its port */
	char address[64];
	int port;
	const char *path;
};

static void parse_url(struct url *u, const char *text)
{
	const char *start, *colon;
	size_t len;

	if (strncmp(text, "http://", 7))
		die(3, "not http://");
	start = text + 7;
	len = strcspn(start, "/?");
	if (!len || len >= sizeof(u->host))
		die(3, "no host");
	snprintf(u->host, sizeof(u->host), "%.*s", (int)len, start);
	u->path = start + len;
	colon = strrchr(u->host, ':');
	if (colon && strchr(colon, ']'))
		colon = NULL;
	u->port = colon ? atoi(colon + 1) : 80;
	len = colon ? (size_t)(colon - u->host) : strlen(u->host);
	if (*u->host == '[')
		snprintf(u->address, sizeof(u->address), "%.*s", (int)len - 2, u->host + 1);
	else
		snprintf(u->address, sizeof(u->address), "%.*s", (int)len, u->host);
	if (!strcmp(u->address, "localhost"))
		strcpy(u->address, "127.0.0.1");
}

static int dial(const struct url *u)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(u->port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(u->port) };
	int fd, failed;

	if (inet_pton(AF_INET, u->address, &four.sin_addr) == 1) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		failed = connect(fd, (struct sockaddr *)&four, sizeof(four));
	} else if (inet_pton(AF_INET6, u->address, &six.sin6_addr) == 1) {
		fd = socket(AF_INET6, SOCK_STREAM, 0);
		failed = connect(fd, (struct sockaddr *)&six, sizeof(six));
	} else {
		die(3, "no numeric address");
	}
	if (failed)
		die(7, strerror(errno));
	return fd;
}

static int is_named(const char *field, const char *name)
{
	size_t len = strlen(name);

	return !strncasecmp(field, name, len) && field[len] == ':';
}

/* Ours, unless one of FIELDS has its name */
static void add_own(FILE *to, char **fields, const char *name, const char *value)
{
	for (; *fields; fields++)
		if (is_named(*fields, name))
			return;
	fprintf(to, "%s: %s\r\n", name, value);
}

static void ask(int fd, const struct url *u, char **fields)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	fprintf(to, "GET %s%s HTTP/1.1\r\n", *u->path == '/' ? "" : "/", u->path);
	add_own(to, fields, "Host", u->host);
	add_own(to, fields, "User-Agent", "fetch");
	add_own(to, fields, "Accept", "*/*");
	for (; *fields; fields++)
		if ((*fields)[strcspn(*fields, ":") + 1])
			fprintf(to, "%s\r\n", *fields);
	fputs("\r\n", to);
	fclose(to);
	if (send(fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
		die(56, "cannot send");
	free(text);
}

struct head {
	int status;
	long long length;	/* -1: not said */
	int chunked;
};

/* To HEADS too; ends with status 52 where nothing came */
static void read_head(FILE *in, FILE *heads, struct head *h)
{
	char line[65536];

	*h = (struct head){ .length = -1 };
	while (fgets(line, sizeof(line), in)) {
		fputs(line, heads);
		if (!h->status && sscanf(line, "HTTP/%*s %d", &h->status) != 1)
			die(56, "no HTTP");
		if (is_named(line, "Content-Length"))
			h->length = atoll(line + strlen("Content-Length:"));
		if (is_named(line, "Transfer-Encoding") && strcasestr(line, "chunked"))
			h->chunked = 1;
		if (!strcmp(line, "\r\n"))
			return;
	}
	die(h->status ? 56 : 52, "no whole head");
}

/* LENGTH bytes, or with -1 all that come */
static void copy(FILE *in, FILE *to, long long length)
{
	char part[65536];

	while (length) {
		size_t want = length < 0 || length > (long long)sizeof(part) ?
			      sizeof(part) : (size_t)length;
		size_t n = fread(part, 1, want, in);

		fwrite(part, 1, n, to);
		if (length > 0)
			length -= n;
		if (n < want)
			break;
	}
	if (length > 0 || (length < 0 && ferror(in)))
		die(56, "the body breaks off");
}

static void copy_chunks(FILE *in, FILE *to)
{
	char line[65536];

	while (fgets(line, sizeof(line), in)) {
		long long size = strtoll(line, NULL, 16);

		if (!size) {
			while (fgets(line, sizeof(line), in))
				if (!strcmp(line, "\r\n"))
					return;
			break;
		}
		copy(in, to, size);
		if (!fgets(line, sizeof(line), in))
			break;
	}
	die(56, "the chunks break off");
}

int main(int argc, char **argv)
{
	FILE *in, *heads, *body;
	struct url u;
	struct head h;
	int fd;

	if (argc < 4)
		die(2, "usage: fetch HEADS BODY URL [FIELD]...");
	signal(SIGALRM, on_alarm);
	alarm(SECONDS);
	parse_url(&u, argv[3]);
	fd = dial(&u);
	heads = fopen(argv[1], "w");
	body = fopen(argv[2], "w");
	in = fdopen(fd, "r");
	if (!heads || !body || !in)
		die(23, strerror(errno));
	ask(fd, &u, argv + 4);
	do
		read_head(in, heads, &h);
	while (h.status < 200 && h.status != 101);
	if (h.status == 204 || h.status == 304)
		h.length = 0;
	if (h.chunked && h.length)
		copy_chunks(in, body);
	else
		copy(in, body, h.length);
	if (fclose(heads) || fclose(body))
		die(23, strerror(errno));
	printf("%d", h.status);
	return 0;
}
