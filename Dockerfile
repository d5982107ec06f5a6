# rr-vm as a container: the package is built where Swift is, and installed where it is not.
#
#     docker build --tag rr-vm .
#     docker run --rm --device /dev/kvm --volume "$PWD:/work" rr-vm record guest.bin -o guest.rrvm
#
# Without --device /dev/kvm, software executes the guests.
FROM swift:6.2-bookworm AS build
WORKDIR /rr-vm
COPY . .
RUN apt-get update && apt-get install --yes make && Scripts/make-deb.sh .

FROM debian:bookworm-slim
COPY --from=build /rr-vm/rr-vm_*.deb /tmp/
RUN apt-get update \
    && apt-get install --yes --no-install-recommends /tmp/rr-vm_*.deb gdb seabios \
    && rm -rf /tmp/rr-vm_*.deb /var/lib/apt/lists/*
WORKDIR /work
ENTRYPOINT ["rr-vm"]
