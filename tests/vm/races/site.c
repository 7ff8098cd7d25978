/* SPDX-License-Identifier: MIT */
/* Network namespaces with khttp set up in them, and the module itself. */
#include "races.h"
#include "../programs/sysfs.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SLAB "/sys/kernel/slab"
#define OTHER_END "beyond"

static int home = -1;

static void need(const char *what, long result)
{
	if (result < 0)
		fail("%s: %s", what, strerror(result == -1 ? errno : (int)-result));
}

static int own_namespace(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	need("the own namespace", fd);
	return fd;
}

void site_set_up(struct site *s)
{
	need("queue", queue_add(s));
	need("prefix", url_add(s));
	/* Small, so that little is needed to fill it */
	need("limit", limit_set(s, "send_window", 65536));
}

void site_here(struct site *s)
{
	s->ns = -1;
	s->host.s_addr = htonl(INADDR_LOOPBACK);
	s->control = netlink_open(NETLINK_GENERIC);
}

void site_close(struct site *s)
{
	close(s->control);
	if (s->ns >= 0)
		close(s->ns);
	s->ns = -1;
}

/* ---- links ---- */

static void link_up(int route, const char *name)
{
	struct ifinfomsg link = {
		.ifi_index = (int)if_nametoindex(name),
		.ifi_flags = IFF_UP, .ifi_change = IFF_UP,
	};
	struct message m;

	message_begin(&m, RTM_NEWLINK, 0, &link, sizeof(link));
	need(name, netlink_call(route, &m, sizeof(link), NULL, NULL));
}

static void link_address(int route, const char *name, uint32_t addr)
{
	struct ifaddrmsg address = {
		.ifa_family = AF_INET, .ifa_prefixlen = 30,
		.ifa_index = if_nametoindex(name),
	};
	struct message m;

	addr = htonl(addr);
	message_begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &address,
		      sizeof(address));
	message_put(&m, IFA_LOCAL, &addr, sizeof(addr));
	message_put(&m, IFA_ADDRESS, &addr, sizeof(addr));
	need(name, netlink_call(route, &m, sizeof(address), NULL, NULL));
	link_up(route, name);
}

static void link_pair(int route, const char *name, int ns)
{
	struct ifinfomsg link = { 0 };
	size_t info, data, peer;
	struct message m;

	message_begin(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link,
		      sizeof(link));
	message_text(&m, IFLA_IFNAME, name);
	info = message_nest(&m, IFLA_LINKINFO);
	message_text(&m, IFLA_INFO_KIND, "veth");
	data = message_nest(&m, IFLA_INFO_DATA);
	peer = m.len;
	message_put(&m, VETH_INFO_PEER, &link, sizeof(link));
	message_text(&m, IFLA_IFNAME, OTHER_END);
	message_put(&m, IFLA_NET_NS_FD, &ns, sizeof(ns));
	message_end(&m, peer);
	message_end(&m, data);
	message_end(&m, info);
	need("veth", netlink_call(route, &m, sizeof(link), NULL, NULL));
}

/* Both ends get names and addresses of their own each time: the last pair may
 * not be gone yet
 */
static void connect_site(struct site *s, int route_there)
{
	static uint32_t serial;
	int route = netlink_open(NETLINK_ROUTE);
	uint32_t net = 0x0a000000 + serial * 4;
	char name[IFNAMSIZ];

	snprintf(name, sizeof(name), "race%u", serial++);
	link_pair(route, name, s->ns);
	link_address(route, name, net + 1);
	need("setns", setns(s->ns, CLONE_NEWNET));
	link_address(route_there, OTHER_END, net + 2);
	need("setns", setns(home, CLONE_NEWNET));
	s->host.s_addr = htonl(net + 2);
	close(route);
}

void site_beyond(struct site *s)
{
	int route;

	if (home < 0)
		home = own_namespace();
	need("unshare", unshare(CLONE_NEWNET));
	s->ns = own_namespace();
	s->control = netlink_open(NETLINK_GENERIC);
	route = netlink_open(NETLINK_ROUTE);
	need("setns", setns(home, CLONE_NEWNET));
	connect_site(s, route);
	close(route);
	site_set_up(s);
}

void site_enter_new(struct site *s)
{
	int route;

	need("unshare", unshare(CLONE_NEWNET));
	route = netlink_open(NETLINK_ROUTE);
	link_up(route, "lo");
	close(route);
	site_here(s);
	site_set_up(s);
}

bool site_keeps(const struct site *s, int fd)
{
	return fd == s->ns || fd == home;
}

int site_open_device(const struct site *s)
{
	int fd;

	if (s->ns < 0)
		return open(KHTTP_DEVICE, O_RDWR | O_CLOEXEC);
	need("setns", setns(s->ns, CLONE_NEWNET));
	fd = open(KHTTP_DEVICE, O_RDWR | O_CLOEXEC);
	need("setns", setns(home, CLONE_NEWNET));
	close(s->ns);
	return fd;
}

/* ---- the module ---- */

int module_remove(void)
{
	return syscall(SYS_delete_module, "khttp", O_NONBLOCK) ? -errno : 0;
}

void module_insert(void)
{
	const char *path = getenv("KHTTP_MODULE");
	int fd = open(path ? path : "", O_RDONLY | O_CLOEXEC);

	need("the file that KHTTP_MODULE names", fd);
	need("insmod", syscall(SYS_finit_module, fd, "", 0));
	close(fd);
}

long module_users(void)
{
	return number_in("/sys/module/khttp/refcnt");
}

/* Free objects that a CPU keeps for itself count until the cache is shrunk */
static long objects_of(const char *cache)
{
	char path[320];
	int fd;

	snprintf(path, sizeof(path), SLAB "/%s/shrink", cache);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	need(path, fd);
	need(path, write(fd, "1", 1));
	close(fd);
	snprintf(path, sizeof(path), SLAB "/%s/objects", cache);
	return number_in(path);
}

long module_objects(void)
{
	DIR *dir = opendir(SLAB);
	struct dirent *e;
	long n = 0;

	if (!dir)
		fail(SLAB ": %s", strerror(errno));
	while ((e = readdir(dir)))
		if (!strncmp(e->d_name, "khttp", 5))
			n += objects_of(e->d_name);
	closedir(dir);
	return n;
}
