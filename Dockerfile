# A static binary and nothing else: no shell, no packages, no root.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false \
      -ldflags "-s -w -X main.version=${VERSION}" -o /out/huiyin ./cmd/huiyin \
 && mkdir -p /out/data

FROM scratch
LABEL org.opencontainers.image.title="Huiyin" \
      org.opencontainers.image.description="Case tracking for public grievances" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/huiyin /usr/bin/huiyin
COPY --from=build /src/LICENSE /licenses/LICENSE
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
# SQLite by default; it and the key that seals personal data live in the volume.
ENV HUIYIN_DATABASE_URL=sqlite:/data/huiyin.db \
    HUIYIN_KEY_FILE=/data/huiyin.key \
    HUIYIN_ADDRESS=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/usr/bin/huiyin", "healthcheck"]
ENTRYPOINT ["/usr/bin/huiyin"]
CMD ["serve"]
