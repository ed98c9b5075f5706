package dev.septet.workers.server;

import io.temporal.testing.TemporalDevServerOptions;
import io.temporal.testing.internal.devserver.TemporalDevServerDownloader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Downloads the official CLI with the downloader of Temporal's Java SDK, which is not public API.
 * The SDK's server starter is not used, because its database file does not outlive the server.
 *
 * @param base address that must answer before a download is tried
 */
record OfficialDownload(CachedBinary cache, URI base) implements BinarySource {
    static final URI SITE = URI.create("https://temporal.download");
    private static final Duration REACHABLE = Duration.ofSeconds(3);

    @Override
    public Optional<Path> find(Consumer<String> notes) {
        if (!reachable()) {
            return Optional.empty();
        }
        notes.accept("downloading the Temporal CLI from " + base.getHost());
        try {
            Path folder = cache.folder().resolve("download");
            Path downloaded = TemporalDevServerDownloader.prepare(TemporalDevServerOptions.newBuilder()
                    .setDownloadDestination(folder.toString())
                    .setDownloadVersion("v" + Wheel.VERSION)
                    .build());
            try (InputStream in = Files.newInputStream(downloaded)) {
                return Optional.of(cache.store(in));
            } finally {
                Files.deleteIfExists(downloaded);
            }
        } catch (IOException | RuntimeException e) {
            notes.accept("that download failed: " + e.getMessage());
            return Optional.empty();
        }
    }

    private boolean reachable() {
        try {
            HttpClient.newBuilder()
                    .connectTimeout(REACHABLE)
                    .build()
                    .send(
                            HttpRequest.newBuilder(base)
                                    .timeout(REACHABLE)
                                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.discarding());
            return true;
        } catch (IOException offline) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
