// SPDX-License-Identifier: MIT
/* Loopback, and the address that QEMU's user network forwards ports to. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/route.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "init.h"

static void set_address(struct sockaddr *to, const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	inet_pton(AF_INET, text, &in.sin_addr);
	memcpy(to, &in, sizeof(in));
}

static void bring_up(int fd, const char *name)
{
	struct ifreq ifr = { 0 };

	strcpy(ifr.ifr_name, name);
	if (ioctl(fd, SIOCGIFFLAGS, &ifr))
		fatal("no interface %s", name);
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		fatal("cannot bring up %s", name);
}

void network_up(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_name = "eth0" };
	struct rtentry rt = { .rt_flags = RTF_UP | RTF_GATEWAY };

	bring_up(fd, "lo");
	set_address(&ifr.ifr_addr, "10.0.2.15");
	if (ioctl(fd, SIOCSIFADDR, &ifr))
		fatal("address of eth0");
	set_address(&ifr.ifr_netmask, "255.255.255.0");
	if (ioctl(fd, SIOCSIFNETMASK, &ifr))
		fatal("netmask of eth0");
	bring_up(fd, "eth0");
	set_address(&rt.rt_dst, "0.0.0.0");
	set_address(&rt.rt_genmask, "0.0.0.0");
	set_address(&rt.rt_gateway, "10.0.2.2");
	if (ioctl(fd, SIOCADDRT, &rt))
		fatal("default route");
	close(fd);
	sethostname("khttp-vm", 8);
}
