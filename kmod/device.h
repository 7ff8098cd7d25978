/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/khttp: the data path's door. */
#ifndef _KHTTP_DEVICE_H
#define _KHTTP_DEVICE_H

struct file_operations;

/* Of a file that is a worker, or may become one: private_data has it */
extern const struct file_operations khttp_device_fops;

int khttp_device_init(void);	/* last: from here on processes come in */
void khttp_device_exit(void);

#endif
