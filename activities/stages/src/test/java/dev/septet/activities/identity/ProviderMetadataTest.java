package dev.septet.activities.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests to providers that are slow, say too much, or send elsewhere. */
class ProviderMetadataTest {
    private static final int MOST = 1000;

    /** Only what never comes is waited for this long, so no result depends on the machine's speed. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private static final Duration LONG = Duration.ofMinutes(2);

    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    ProviderMetadataTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext("/stalls", exchange -> {
            exchange.sendResponseHeaders(200, MOST);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            await();
            exchange.close();
        });
        server.createContext("/silent", exchange -> {
            await();
            exchange.close();
        });
        server.createContext("/long", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[MOST + 1]);
            exchange.close();
        });
        server.createContext("/elsewhere", exchange -> {
            exchange.getResponseHeaders().set("Location", "/long");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.setExecutor(threads);
        server.start();
    }

    private void await() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private ProviderMetadata.Answer send(String path, Duration beginning, Duration rest)
            throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
        return ProviderMetadata.send(HttpRequest.newBuilder(address), MOST, beginning, rest);
    }

    @Test
    void aSlowAnswerEnds() {
        assertThatThrownBy(() -> send("/stalls", LONG, SHORT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/stalls has not finished its answer after 1 seconds");
        assertThatThrownBy(() -> send("/silent", SHORT, LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/silent does not answer");
    }

    @Test
    void aLongAnswerAndARedirectAreNotFollowed() throws Exception {
        assertThatThrownBy(() -> send("/long", LONG, LONG)).hasMessageContaining("answers with more than 1000 bytes");
        assertThat(send("/elsewhere", LONG, LONG).status()).isEqualTo(302);
    }
}
