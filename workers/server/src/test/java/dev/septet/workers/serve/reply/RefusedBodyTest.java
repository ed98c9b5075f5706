package dev.septet.workers.serve.reply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.serve.openai.ApiProblem;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that are refused before their body was read. */
class RefusedBodyTest {
    private static final int LATE_MILLIS = 200;

    private final List<RuntimeException> problems = new CopyOnWriteArrayList<>();
    private volatile boolean timers = true;

    /** Runs tasks only while the test wants that. */
    private final Scheduler scheduler = new ScheduledExecutorScheduler() {
        @Override
        public Task schedule(Runnable task, long delay, TimeUnit unit) {
            return timers ? super.schedule(task, delay, unit) : () -> true;
        }
    };

    private final Server server = new Server(null, scheduler, null);
    private final ServerConnector connector = new ServerConnector(server);

    @BeforeEach
    void start() throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                if (request.getHttpURI().getPath().equals("/slow")) {
                    CompletableFuture<byte[]> body = new CompletableFuture<>();
                    Content.Source.asByteArrayAsync(request, 1 << 20, Promise.Invocable.toPromise(body));
                    var unused = body.orTimeout(LATE_MILLIS, TimeUnit.MILLISECONDS)
                            .whenComplete((bytes, late) -> answer(response, callback));
                    return true;
                }
                Replies.problem(
                        response, callback, ApiProblem.refused(413, null, "body_too_large", "the body is too large"));
                return true;
            }
        });
        server.start();
    }

    private void answer(Response response, Callback callback) {
        try {
            Replies.problem(response, callback, ApiProblem.refused(408, null, "request_timeout", "too late"));
        } catch (RuntimeException problem) {
            problems.add(problem);
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void aBodyThatComesLaterDoesNotLoseTheResponseOrTheConnection() throws Exception {
        try (Socket client = client()) {
            for (int request = 0; request < 3; request++) {
                send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n");
                Thread.sleep(20); // the refusal takes a millisecond, and the server waits one second for the body
                send(client, "x".repeat(20_000));
                assertThat(head(client.getInputStream()))
                        .startsWith("HTTP/1.1 413")
                        .doesNotContainIgnoringCase("connection: close");
            }
        }
    }

    @Test
    void theClientOfABodyThatDoesNotComeIsTold() throws Exception {
        try (Socket client = client()) {
            send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\nx");
            assertThat(head(client.getInputStream()))
                    .startsWith("HTTP/1.1 413")
                    .containsIgnoringCase("connection: close");
        }
    }

    @Test
    void theClientOfALongBodyIsTold() throws Exception {
        try (Socket client = client()) {
            send(
                    client,
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n"
                            + "x".repeat((1 << 20) + 1)); // nothing stays unread, so nothing resets the connection
            assertThat(head(client.getInputStream()))
                    .startsWith("HTTP/1.1 413")
                    .containsIgnoringCase("connection: close");
        }
    }

    @Test
    void aClientThatAsksBeforeItSendsIsNotInvited() throws Exception {
        try (Socket client = client()) {
            send(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\nExpect: 100-continue\r\n\r\n");
            assertThat(head(client.getInputStream()))
                    .startsWith("HTTP/1.1 413")
                    .containsIgnoringCase("connection: close");
        }
    }

    @Test
    void aBodyThatAnotherReaderWaitsForIsNotAwaited() throws Exception {
        try (Socket client = client()) {
            timers = false; // so that only the answer at once can come
            send(client, "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\nx");
            assertThat(head(client.getInputStream()))
                    .startsWith("HTTP/1.1 408")
                    .containsIgnoringCase("connection: close");
            assertThat(problems).isEmpty();
        }
    }

    private Socket client() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        client.setSoTimeout(20_000);
        return client;
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The head of a response. Its body is read too, if the connection stays open. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("the response so far: %s", head).isNotNegative();
            head.append((char) next);
        }
        String length = head.toString().replaceAll("(?is).*content-length: ([0-9]+).*", "$1");
        in.readNBytes(Integer.parseInt(length));
        return head.toString();
    }
}
