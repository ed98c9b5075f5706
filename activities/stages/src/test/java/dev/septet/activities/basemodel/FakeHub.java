package dev.septet.activities.basemodel;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server that speaks the hub's paths and headers, as huggingface.co answers them: the model's
 * answer with blob ids and lfs digests, {@code resolve} with small files inline and large ones
 * behind a redirect to another host, ranges, error codes in {@code X-Error-Code}.
 */
public final class FakeHub implements AutoCloseable {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private final HttpServer hub = server();
    private final HttpServer store = server();
    private final Map<String, Map<String, byte[]>> models = new ConcurrentHashMap<>();
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    final List<String> tokensSeenByStore = Collections.synchronizedList(new ArrayList<>());
    volatile @Nullable String tokenNeeded;
    volatile boolean gated;
    volatile boolean ignoresRanges;
    volatile int breakAfter = -1;
    volatile int status = 200;

    private FakeHub() throws IOException {}

    /** A hub without models. */
    public static FakeHub start() throws IOException {
        FakeHub fake = new FakeHub();
        fake.hub.createContext("/", exchange -> handle(exchange, fake::answer));
        fake.store.createContext("/", exchange -> handle(exchange, fake::stored));
        fake.hub.start();
        fake.store.start();
        return fake;
    }

    /** Settings of a worker that has this cache and no token. */
    public HubSettings settings(Path cache) {
        return new HubSettings(endpoint(), cache, Optional.empty(), false);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
    }

    /** Puts a folder's files on the hub. */
    public void publish(String id, Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        models.put(id, files);
    }

    Map<String, byte[]> files(String id) {
        return models.computeIfAbsent(id, fresh -> new TreeMap<>());
    }

    byte[] content(String id, String name) {
        return Objects.requireNonNull(files(id).get(name), name);
    }

    static String commit() {
        return COMMIT;
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
    }

    /** What handles one request. */
    private interface Handler {
        void handle(HttpExchange exchange, String path) throws Exception;
    }

    private static void handle(HttpExchange exchange, Handler handler) throws IOException {
        try (exchange) {
            handler.handle(exchange, exchange.getRequestURI().getRawPath());
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange, String path) throws Exception {
        asked.add(path);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (status != 200) {
            refuse(exchange, status, "");
        } else if (tokenNeeded != null && !("Bearer " + tokenNeeded).equals(authorization)) {
            refuse(exchange, gated ? 403 : 401, gated ? "GatedRepo" : "RepoNotFound");
        } else if (path.startsWith("/api/models/") || path.startsWith("/api/datasets/")) {
            String id = path.replaceAll("/api/(?:models/|(datasets/))(.*)/revision/.*", "$1$2");
            String revision = path.replaceAll(".*/revision/", "");
            if (!models.containsKey(id)) {
                refuse(exchange, 401, "RepoNotFound");
            } else if (!List.of("main", COMMIT, "refs%2Fpr%2F1").contains(revision)) {
                refuse(exchange, 404, "RevisionNotFound");
            } else {
                send(exchange, 200, new JsonMapper().writeValueAsBytes(model(id)));
            }
        } else {
            resolve(exchange, path);
        }
    }

    private void resolve(HttpExchange exchange, String path) throws Exception {
        String[] parts = path.substring(1).split("/resolve/");
        String name = parts[1].substring(COMMIT.length() + 1);
        byte[] content = files(parts[0]).get(name);
        exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
        if (content == null) {
            refuse(exchange, 404, "EntryNotFound");
        } else if (large(name)) {
            exchange.getResponseHeaders().set("X-Linked-Etag", '"' + sha256(content) + '"');
            exchange.getResponseHeaders()
                    .set(
                            "Location",
                            String.format(
                                    Locale.ROOT,
                                    "http://127.0.0.1:%d/%s/%s?X-Amz-Signature=abc",
                                    store.getAddress().getPort(),
                                    parts[0],
                                    name));
            send(exchange, 302, new byte[0]);
        } else {
            exchange.getResponseHeaders().set("ETag", '"' + gitSha1(content) + '"');
            send(exchange, 200, content);
        }
    }

    private void stored(HttpExchange exchange, String path) throws IOException {
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .ifPresent(tokensSeenByStore::add);
        String range = exchange.getRequestHeaders().getFirst("Range");
        asked.add("store" + (range == null ? "" : " " + range));
        int slash = path.lastIndexOf('/');
        byte[] content = content(path.substring(1, slash), path.substring(slash + 1));
        int from = range == null || ignoresRanges ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        byte[] rest = Arrays.copyOfRange(content, from, content.length);
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set(
                            "Content-Range",
                            String.format(Locale.ROOT, "bytes %d-%d/%d", from, content.length - 1, content.length));
        }
        int max = breakAfter < 0 ? rest.length : Math.min(breakAfter, rest.length);
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, rest.length);
        exchange.getResponseBody().write(rest, 0, max);
        exchange.getResponseBody().flush();
        if (max < rest.length) {
            throw new IOException("the line breaks");
        }
    }

    private ObjectNode model(String id) throws Exception {
        ObjectNode answer = new JsonMapper().createObjectNode();
        answer.put("id", id).put("sha", COMMIT).put("private", false);
        ArrayNode siblings = answer.putArray("siblings");
        for (Map.Entry<String, byte[]> file : files(id).entrySet()) {
            byte[] content = file.getValue();
            ObjectNode sibling = siblings.addObject();
            sibling.put("rfilename", file.getKey()).put("size", content.length);
            sibling.put("blobId", gitSha1(content));
            if (large(file.getKey())) {
                sibling.putObject("lfs")
                        .put("sha256", sha256(content))
                        .put("size", content.length)
                        .put("pointerSize", 134);
            }
        }
        return answer;
    }

    private static boolean large(String name) {
        return name.endsWith(".safetensors") || name.endsWith(".bin");
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static String gitSha1(byte[] content) throws Exception {
        MessageDigest sum = MessageDigest.getInstance("SHA-1");
        sum.update(("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sum.digest(content));
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getResponseHeaders().set("X-Error-Code", code);
        send(exchange, status, "{\"error\":\"no\"}".getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static HttpServer server() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }
}
