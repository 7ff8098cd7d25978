# SPDX-License-Identifier: MIT
#
# A thin front: what each target does is in scripts/.
#
#   make                         the module for the running kernel, and user space
#   make module KERNEL=6.12      the module for a test kernel (or KDIR=headers)
#   make run [CHECK=1] [HOST=1] [KERNEL=6.1|6.12]
#                                try it: two applications on one port, in a VM
#   make test [ONLY=REGEX] [KERNEL=6.1|6.12|debug|debug-6.12]
#   make soak                    the VM cases in their long sizes, and the plants
#   make plant                   put faults in and see that the tests find them
#   make fuzz [MINUTES=n]        every fuzz target that long, and those in VMs
#   make check                   static checks only
#   make bench [KERNEL=6.1|6.12] [ONLY=REGEX]
#                                instructions for each request, ours and others'
#   make bench-check [KERNEL=6.1|6.12]
#                                ours against tests/bench/baseline.json
#   make install dkms-install    PREFIX=/usr/local DESTDIR=

KERNEL ?=
KDIR ?=
ONLY ?=
TARGETS ?=
MINUTES ?= 5
PREFIX ?= /usr/local
DESTDIR ?=
export KDIR DESTDIR

all: module user

module:
	@scripts/module $(KERNEL)

user:
	@cmake -S . -B build/user -G Ninja -DCMAKE_INSTALL_PREFIX=$(PREFIX) >/dev/null
	@cmake --build build/user -j2 $(addprefix --target ,$(TARGETS))

run:
	@scripts/run $(if $(CHECK),--check) $(if $(HOST),--host) $(if $(KERNEL),--kernel $(KERNEL))

test:
	@scripts/test $(if $(ONLY),--only '$(ONLY)') $(if $(KERNEL),--kernel $(KERNEL))

soak:
	@scripts/test --size L --kernel "6.1 6.12 debug debug-6.12"
	@scripts/plant

plant:
	@scripts/plant

fuzz:
	@scripts/fuzz --vm $$(($(MINUTES) * 60))

check:
	@scripts/check

sparse:
	@scripts/module --check $(or $(KERNEL),6.1)
	@scripts/module --check $(or $(KERNEL),6.12)

bench:
	@scripts/bench $(if $(ONLY),--only '$(ONLY)') $(if $(KERNEL),--kernel $(KERNEL))

bench-check:
	@scripts/bench --check $(if $(KERNEL),--kernel $(KERNEL))

install: user
	cmake --install build/user --prefix $(PREFIX)
	install -D -m 0644 scripts/60-khttp.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d/60-khttp.rules
	install -D -m 0644 scripts/modules-load.conf $(DESTDIR)$(PREFIX)/lib/modules-load.d/khttp.conf

dkms-install:
	@scripts/dkms-install

clean:
	rm -rf build

.PHONY: all module user run test soak plant fuzz check sparse bench bench-check install dkms-install clean
