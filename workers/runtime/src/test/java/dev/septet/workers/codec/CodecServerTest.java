package dev.septet.workers.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.septet.settings.Setting;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Temporal's remote codec protocol, from both its sides. */
class CodecServerTest {
    private static final String UI = "http://127.0.0.1:8233";
    private static final Payload PLAIN = Payload.newBuilder()
            .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
            .setData(ByteString.copyFromUtf8("\"a prompt\""))
            .build();

    @TempDir
    private Path folder;

    private String token = "";
    private CodecServer server;
    private PayloadCodec keys;

    @BeforeEach
    void start() throws IOException {
        Path file = AesGcmCodecTest.file(folder, "current: k\nk: " + AesGcmCodecTest.key(0));
        keys = new CodecSettings(Map.of(Setting.CODEC_KEYS.variable(), file.toString())).keys();
        token = CodecToken.of(folder.resolve("codec-token"));
        server = CodecServer.start(keys, 0, token, Set.of(UI));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aProcessWithoutKeysEncodesByIt() {
        PayloadCodec remote = remote(server.address(), folder.resolve("codec-token"));
        List<Payload> sent = remote.encode(List.of(PLAIN, PLAIN));

        assertThat(sent).hasSize(2).allMatch(AesGcmCodec::encrypted);
        assertThat(keys.decode(sent)).containsExactly(PLAIN, PLAIN);
        assertThat(remote.decode(sent)).containsExactly(PLAIN, PLAIN);
    }

    @Test
    void aWrongTokenAndAServerThatIsAwayAreTold() throws IOException {
        Path wrong = folder.resolve("wrong");
        Files.writeString(wrong, "0".repeat(48));
        Files.setPosixFilePermissions(wrong, PosixFilePermissions.fromString("rw-------"));

        assertThatThrownBy(() -> remote(server.address(), wrong).encode(List.of(PLAIN)))
                .isInstanceOf(CodecProblem.class)
                .hasMessageContainingAll("refused with status 401", "SEPTET_CODEC_TOKEN_FILE");
        String address = server.address();
        server.close();
        assertThatThrownBy(() -> remote(address, folder.resolve("codec-token")).encode(List.of(PLAIN)))
                .isInstanceOf(CodecProblem.class)
                .hasMessageContaining("does not answer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://codec.example.com",
                "ftp://127.0.0.1",
                "http://user:pass@127.0.0.1:1",
                "https://x?token=1",
                "http://127.0.0.1.example.com",
                "nothing"
            })
    void anAddressThatWouldShowPayloadsToOthersIsRefused(String endpoint) {
        assertThatThrownBy(
                        () -> new CodecSettings(Map.of(Setting.CODEC_ENDPOINT.variable(), endpoint)).codec("default"))
                .isInstanceOf(CodecProblem.class)
                .hasMessageStartingWith("SEPTET_CODEC_ENDPOINT: ")
                .hasMessageNotContaining("pass@");
    }

    @Test
    void onlyWhoKnowsTheTokenIsAnswered() throws IOException {
        String body = PayloadJson.write(List.of(PLAIN));

        assertThat(post("/decode", Map.of(), body)).startsWith("HTTP/1.1 401");
        assertThat(post("/" + "0".repeat(48) + "/decode", Map.of(), body)).startsWith("HTTP/1.1 401");
        assertThat(post("/decode", Map.of("Authorization", "Bearer " + token), body))
                .startsWith("HTTP/1.1 200");
        assertThat(post("/" + token + "/decode", Map.of(), body)).startsWith("HTTP/1.1 200");
    }

    @Test
    void ofWebPagesOnlyTheUisMayAsk() throws IOException {
        String body = PayloadJson.write(List.of(PLAIN));
        String path = "/" + token + "/decode";

        assertThat(post(path, Map.of("Origin", UI), body))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("Access-Control-Allow-Origin: " + UI);
        assertThat(post(path, Map.of("Origin", "https://evil.example"), body))
                .startsWith("HTTP/1.1 403")
                .doesNotContainIgnoringCase("Access-Control-Allow-Origin");
        assertThat(post(path, Map.of("Origin", "null"), body)).startsWith("HTTP/1.1 403");
        assertThat(post(path, Map.of("Host", "evil.example"), body)).startsWith("HTTP/1.1 421");
        assertThat(request("OPTIONS", path, Map.of("Origin", UI), ""))
                .startsWith("HTTP/1.1 204")
                .containsIgnoringCase("Access-Control-Allow-Headers: authorization");
        assertThat(request("OPTIONS", path, Map.of("Origin", "https://evil.example"), ""))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void nonsenseIsRefusedAndTheServerGoesOn() throws IOException {
        String path = "/" + token + "/decode";
        Payload unknown = keys.encode(List.of(PLAIN)).get(0).toBuilder()
                .putMetadata("encryption-key-id", ByteString.copyFromUtf8("gone"))
                .build();

        assertThat(post(path, Map.of(), "no json")).startsWith("HTTP/1.1 400");
        assertThat(post(path, Map.of(), "{\"payloads\":" + "[".repeat(100_000))).startsWith("HTTP/1.1 400");
        assertThat(post(path, Map.of(), PayloadJson.write(List.of(unknown))))
                .startsWith("HTTP/1.1 400")
                .contains("encrypted with the key 'gone'");
        assertThat(request("GET", path, Map.of(), "")).startsWith("HTTP/1.1 405");
        assertThat(post("/" + token + "/keys", Map.of(), "{}")).startsWith("HTTP/1.1 404");
        assertThat(post(path, Map.of("Content-Length", "99999999"), "")).startsWith("HTTP/1.1 413");
        assertThat(post(path, Map.of(), PayloadJson.write(List.of(PLAIN)))).startsWith("HTTP/1.1 200");
    }

    @Test
    void itsTokenIsKeptForItsOwner() throws IOException {
        Path file = folder.resolve("codec-token");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(CodecToken.of(file)).isEqualTo(token).hasSize(48);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> CodecToken.of(file)).hasMessageContaining("chmod 600");
    }

    private static PayloadCodec remote(String endpoint, Path token) {
        return new CodecSettings(Map.of(
                        Setting.CODEC_ENDPOINT.variable(),
                        endpoint + "/",
                        Setting.CODEC_TOKEN_FILE.variable(),
                        token.toString()))
                .codec("default");
    }

    private String post(String path, Map<String, String> headers, String body) throws IOException {
        return request("POST", path, headers, body);
    }

    /** By a socket, for clients set Host and Origin as they think right. */
    private String request(String method, String path, Map<String, String> headers, String body) throws IOException {
        URI address = URI.create(server.address());
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Map<String, String> all = new HashMap<>();
        all.put("Host", address.getAuthority());
        all.put("Content-Length", Integer.toString(bytes.length));
        all.put("Connection", "close");
        all.putAll(headers);
        StringBuilder head = new StringBuilder("%s %s HTTP/1.1\r\n".formatted(method, path));
        all.forEach((name, value) -> head.append("%s: %s\r\n".formatted(name, value)));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), 5_000);
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            out.write(bytes);
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
