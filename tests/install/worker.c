/* SPDX-License-Identifier: MIT */
#include <khttp/khttp.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct khttp_queue *q = khttp_queue_open(argc > 1 ? argv[1] : "app", NULL);

	if (!q) {
		fprintf(stderr, "%s\n", khttp_queue_open_error());
		return 1;
	}
	while (!khttp_queue_finished(q)) {
		struct khttp_exchange *ex = khttp_queue_wait(q, -1);

		if (!ex)
			continue;
		khttp_exchange_body(ex, "hello from C\n", 13);
		khttp_exchange_free(ex);
	}
	khttp_queue_close(q);
	return 0;
}
