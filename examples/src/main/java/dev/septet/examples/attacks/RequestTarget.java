package dev.septet.examples.attacks;

import dev.septet.activities.deploy.chain.EndpointHost;
import dev.septet.workers.serve.PrivateServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** HTTP requests to the OpenAI-compatible server, which answers with a real model. */
final class RequestTarget implements AttackTarget {
    private static final int WAIT = 60_000;
    private static final int SILENCE = 1000;
    private static final String CHAT = "/v1/chat/completions";
    private static final String TEXT = "/v1/completions";

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "-1",
            "0",
            "1",
            "2",
            "1e99",
            "0.5",
            "1000000000",
            "\"\"",
            "\"m\"",
            "\"user\"",
            "\"system\"",
            "\"assistant\"",
            "\"<|im_end|>\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "[]",
            "{}",
            "[\"\"]",
            "[\"a\",\"b\"]",
            "{\"type\":\"text\",\"text\":\"x\"}",
            "{\"type\":\"image_url\"}",
            "{\"include_usage\":true}",
            "\"max_tokens\"",
            "\"stop\"",
            "\"n\"",
            "\"temperature\"",
            "\"top_p\"",
            "\"seed\"",
            "\"stream\"",
            "\"echo\"");

    private static final List<String> HEAD_PIECES = List.of(
            "\r\n",
            "\n",
            ":",
            " ",
            "Host: evil.example",
            "Content-Length: -1",
            "Content-Length: 99999999999",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: chunked, identity",
            "Expect: 100-continue",
            "GET ",
            "POST ",
            "HTTP/1.0",
            "HTTP/2",
            "%00",
            "../",
            "Authorization: Bearer x",
            "Content-Type: text/plain",
            "Connection: Upgrade",
            "Upgrade: h2c",
            "\0",
            "Origin: null",
            "Cookie: a=b",
            "\u00e9");

    private static final List<byte[]> CHATS = bytes("""
                    {"model":"m","messages":[{"role":"user","content":"Where is my parcel?"}],"max_tokens":4,"temperature":0}\
                    """, """
                    {"model":"m","messages":[{"role":"system","content":"x"},{"role":"user","content":[{"type":"text","text":"y"}]}],"max_tokens":4,"n":2,"stop":["a"],"stream":true,"stream_options":{"include_usage":true},"seed":7,"top_p":0.9}\
                    """);

    private static final List<byte[]> TEXTS = bytes("""
                    {"model":"m","prompt":"Where is","max_tokens":4,"echo":true}\
                    """, """
                    {"model":"m","prompt":["a","b"],"max_tokens":2,"stop":"x","user":"anna"}\
                    """);

    private final EndpointHost.Running server;
    private final InetSocketAddress address;

    RequestTarget(SeedCorpus files) throws IOException {
        server = new PrivateServer().start("m", files.model());
        address = new InetSocketAddress(
                server.address().getHost(), server.address().getPort());
    }

    private static List<byte[]> bytes(String... texts) {
        return List.of(texts).stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public String name() {
        return "requests";
    }

    @Override
    public String entry() {
        return "the HTTP port of `septet serve`";
    }

    @Override
    public Duration bound() {
        return Duration.ofSeconds(60);
    }

    @Override
    public Input input(Mutator mutator) {
        boolean chat = mutator.once(2);
        byte[] body = mutator.json(chat ? CHATS : TEXTS, VALUES);
        byte[] head = head(chat ? CHAT : TEXT, body.length);
        if (mutator.once(4)) {
            head = mutator.text(List.of(head), HEAD_PIECES);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(head);
        whole.writeBytes(body);
        return new Input("request.http", whole.toByteArray());
    }

    private static byte[] head(String path, int length) {
        return String.format(Locale.ROOT, """
            POST %s HTTP/1.1
            Host: localhost
            Content-Type: application/json
            Connection: close
            Content-Length: %d

            """, path, length)
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean open(Input input, Path folder) throws IOException {
        String answer = exchange(input.bytes(), whole(input.bytes()));
        if (answer.startsWith("HTTP/1.1 5") && !answer.startsWith("HTTP/1.1 505")) {
            throw new IllegalStateException("the server failed: " + answer);
        }
        if (answer.contains("Exception") || answer.contains("jetty")) {
            throw new IllegalStateException("internals in an answer: " + answer);
        }
        byte[] good = CHATS.get(0);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(head(CHAT, good.length));
        whole.writeBytes(good);
        String next = exchange(whole.toByteArray(), true);
        if (!next.startsWith("HTTP/1.1 200")) {
            throw new IllegalStateException("the next client is not served: " + next);
        }
        return answer.startsWith("HTTP/1.1 2");
    }

    /**
     * Whether the request has a valid and complete header, so that the server waits for nothing
     * more.
     */
    private static boolean whole(byte[] request) {
        for (String path : List.of(CHAT, TEXT)) {
            int around = request.length - head(path, 0).length + 1;
            for (int digits = 1; digits < 8; digits++) {
                byte[] head = head(path, Math.max(0, around - digits));
                if (head.length <= request.length
                        && head.length + around - digits == request.length
                        && Arrays.equals(head, 0, head.length, request, 0, head.length)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Sends bytes, and reads the response until the server closes the connection.
     *
     * @param whole false when the server may wait for more; the exchange then ends after a time
     *     without data
     */
    private String exchange(byte[] bytes, boolean whole) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket()) {
            socket.connect(address, WAIT);
            socket.setSoTimeout(whole ? WAIT : SILENCE);
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            byte[] part = new byte[8192];
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                answer.write(part, 0, read);
            }
        } catch (SocketTimeoutException silent) {
            if (whole) {
                throw silent;
            }
        } catch (SocketException closed) {
            // the server closed the connection, as it does for invalid requests
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.close();
    }
}
