# SPDX-License-Identifier: MIT
#
# A thin front: what each target does is in scripts/.

KERNEL ?=

all: module user

module:
	@scripts/module $(KERNEL)

sparse:
	@scripts/module --check 6.1
	@scripts/module --check 6.12

user:
	@cmake -S . -B build/user -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo
	@cmake --build build/user -j2

clean:
	rm -rf build

.PHONY: all module sparse user clean
