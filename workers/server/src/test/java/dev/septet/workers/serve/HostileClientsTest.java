package dev.septet.workers.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.RequestLimits;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is sent, the answer is plain, and the next client is served. */
class HostileClientsTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String KEY = "a-key-that-is-long-enough";
    private static final ServeLimits LIMITS = receivingWithin(Duration.ofSeconds(15));

    /** For slow clients alone: other requests of a busy machine may take longer. */
    private static final ServeLimits IMPATIENT = receivingWithin(Duration.ofMillis(400));

    private ModelServer server = start(ApiKeys.NONE);
    private Client client = new Client(server.port());

    private static ServeLimits receivingWithin(Duration receive) {
        return new ServeLimits(
                new RequestLimits(4096, 3, 4, 4), 2, 2, 64, 0, receive, Duration.ofSeconds(30), Duration.ofSeconds(1));
    }

    private static ModelServer start(ApiKeys keys) {
        return start("127.0.0.1", keys, LIMITS);
    }

    private static ModelServer start(String host, ApiKeys keys, ServeLimits limits) {
        Models models = new Models();
        models.add("m", new HostedBackend("abcdef123456", ScriptedBackend.echoing()));
        try {
            return ModelServer.start(new ServeSettings(host, 0, keys, limits), models, AuditBook.none());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void connect() {
        client = new Client(server.port());
    }

    @AfterEach
    void othersAreServedStill() throws Exception {
        Client.Answer answer = client.post(
                CHAT,
                Client.chat(""),
                "Content-Type",
                "application/json; charset=utf-8",
                "Authorization",
                "Bearer " + KEY);
        assertThat(answer.text()).isEqualTo("hello");
        server.close();
    }

    @ParameterizedTest
    @MethodSource
    void explainsWhatIsWrong(String body, String explained) throws Exception {
        Client.Answer answer = client.post(CHAT, body);

        assertThat(answer.status()).isBetween(400, 404);
        assertThat(answer.error()).contains(explained);
        assertThat(answer.json().at("/error/type").asText()).isEqualTo("invalid_request_error");
    }

    @ParameterizedTest
    @MethodSource
    void refusesWhatItDoesNotOffer(String field, String explained) throws Exception {
        Client.Answer answer = client.post(CHAT, Client.chat(field));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains(explained);
    }

    static Stream<Arguments> explainsWhatIsWrong() {
        return cases("""
            => the body must be a JSON object
            { => the body is not valid JSON
            [] => the body must be a JSON object
            {} x => the body is not valid JSON
            {"model":"m","model":"m"} => the body is not valid JSON: Duplicate
            {"model":"nobody","messages":[{"role":"user","content":"x"}]} => there is no model 'nobody' here; there are m
            {"messages":[]} => 'model' is missing
            {"model":7} => 'model' must be a string
            {"model":"m"} => 'messages' must be a list of at least one message
            {"model":"m","messages":[{"role":"<|im_start|>","content":"x"}]} => 'messages[0].role' must be
            {"model":"m","messages":[{"role":"user"}]} => 'messages[0].content' must be a string
            {"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]} => reads text only
            {"model":"m","messages":[1,2,3,4]} => 'messages' has 4 messages, more than 3
            """);
    }

    static Stream<Arguments> refusesWhatItDoesNotOffer() {
        return cases("""
            "n": 1000000000 => 'n' must be a whole number between 1 and 4, got 1000000000
            "temperature": NaN => the body is not valid JSON
            "temperature": -1 => 'temperature' must be a number between 0 and 2, got -1
            "temperature": "hot" => 'temperature' must be a number between 0 and 2, got "hot"
            "top_p": 0 => 'top_p' must be above 0
            "max_tokens": 0 => 'max_tokens' must be a whole number between 1 and 2147483647, got 0
            "max_tokens": 96 => this model's context is 100 tokens, but the request needs 101 (5 in the messages, 96 for the answer)
            "max_completion_tokens": 1.5 => 'max_completion_tokens' must be a whole number
            "seed": 1e99 => 'seed' must be a whole number
            "stop": [""] => 'stop' must be a string or a list of strings, none of them empty
            "stop": ["a","b","c","d","e"] => 'stop' has 5 strings, more than 4
            "stream": "yes" => 'stream' must be true or false
            "stream_options": {} => 'stream_options' is for requests with 'stream': true
            "presence_penalty": 0.5 => 'presence_penalty' is not supported: penalties are not offered
            "logit_bias": {"5": 100} => 'logit_bias' is not supported
            "logprobs": true => 'logprobs' is not supported for this model
            "top_logprobs": 5 => 'top_logprobs' needs 'logprobs': true
            "logprobs": true, "top_logprobs": 21 => 'top_logprobs' must be a whole number between 0 and 20, got 21
            "tools": [{}] => 'tools[0]' must be {"type": "function", "function": {...}}
            "tools": [{"type":"function","function":{"name":"f"}}] => 'tools' is not supported for this model
            "tools": [{"type":"function","function":{"name":"f","x":1}}] => 'tools[0].function.x' is not known here
            "tools": [{"type":"function","function":{"name":"a b"}}] => 'tools[0].function.name' must have
            "tools": [{"type":"function","function":{"name":"f"}}], "tool_choice": "any" => 'tool_choice' must be none, auto
            "tools": [{"type":"function","function":{"name":"f"}}], "tool_choice": {"type":"function","function":{"name":"g"}} => 'tool_choice' names a function
            "tool_choice": "required" => 'tool_choice' needs 'tools'
            "functions": [{}] => 'functions' is not supported: use 'tools'
            "response_format": {"type":"json_object"} => 'response_format' is not supported for this model
            "response_format": {"type":"xml"} => 'response_format.type' must be text, json_object or json_schema
            "response_format": {"type":"text","x":1} => 'response_format.x' is not known here; known are type
            "response_format": {"type":"json_schema"} => 'response_format.json_schema' must be an object
            "response_format": {"type":"json_schema","json_schema":{"name":"a b"}} => 'response_format.json_schema.name' must have
            "max_token": 5 => 'max_token' is not known here; known are
            """);
    }

    /** A case a line: what is sent, an arrow, what is said. */
    private static Stream<Arguments> cases(String lines) {
        return lines.lines().map(line -> line.split("=> ", 2)).map(sides -> Arguments.of(sides[0].strip(), sides[1]));
    }

    @Test
    void takesNeutralValuesOfWhatItDoesNotOffer() throws Exception {
        String neutral = "\"presence_penalty\": 0, \"frequency_penalty\": null, \"logit_bias\": {},"
                + " \"tools\": [], \"logprobs\": false, \"response_format\": {\"type\":"
                + " \"text\"}, \"store\": false";
        assertThat(client.post(CHAT, Client.chat(neutral)).status()).isEqualTo(200);
    }

    @Test
    void aBodyThatLooksLikeAnotherEncodingIsExplained() throws Exception {
        Client.Answer answer = client.post(CHAT, "\0\0\0{abc\0{}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains("the body is not valid JSON: it is not text in UTF-8");
    }

    @Test
    void deepNestingIsNotFollowed() throws Exception {
        String deep = "[".repeat(1500) + "]".repeat(1500);
        Client.Answer answer = client.post(CHAT, Client.chat("\"metadata\": " + deep));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains("nesting");
    }

    @Test
    void longBodiesAreNotRead() throws Exception {
        Client.Answer known = client.post(CHAT, "x".repeat(5000));
        assertThat(known.status()).isEqualTo(413);
        assertThat(known.error()).isEqualTo("the body has more than 4096 bytes");
        try (RawClient chunked = new RawClient(server.port())) {
            chunked.send("POST "
                    + CHAT
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 5; i++) {
                chunked.send("3e8\r\n" + "x".repeat(1000) + "\r\n");
            }
            assertThat(chunked.status()).contains("413");
        }
    }

    @Test
    void otherContentTypesAreRefused() throws Exception {
        for (String type : List.of("text/plain", "application/jsonp", "multipart/form-data")) {
            assertThat(client.post(CHAT, Client.chat(""), "Content-Type", type).status())
                    .isEqualTo(415);
        }
    }

    @Test
    void slowBodiesAndSlowHeadersEnd() throws Exception {
        server.close();
        server = start("127.0.0.1", ApiKeys.NONE, IMPATIENT);
        connect();
        try (RawClient body = new RawClient(server.port());
                RawClient headers = new RawClient(server.port())) {
            body.send("POST "
                    + CHAT
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 100\r\n\r\n{");
            assertThat(body.rest()).startsWith("HTTP/1.1 408").contains("did not arrive within");
            headers.send("POST " + CHAT + " HTTP/1.1\r\n");
            assertThat(dripped(headers)).isTrue();
        }
    }

    /** Whether the server ends a connection that sends a letter again and again. */
    private static boolean dripped(RawClient headers) throws InterruptedException {
        try {
            for (int i = 0; i < 1000; i++) {
                headers.send("X");
                Thread.sleep(10);
            }
            return false;
        } catch (SocketException closed) {
            return true;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void noPathLeadsToAFile() throws Exception {
        for (String path : List.of(
                "/../../etc/passwd",
                "/v1/models/../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/v1/models/..%2f..%2fetc%2fpasswd",
                "//etc/passwd",
                "/v1/models/%00",
                "/;/x")) {
            try (RawClient raw = new RawClient(server.port())) {
                raw.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
                assertThat(raw.rest()).matches("(?s)HTTP/1.1 40[04].*").doesNotContain("root:");
            }
        }
        assertThat(client.get(CHAT).status()).isEqualTo(405);
    }

    @Test
    void otherNamesAndOtherSitesAreRefused() throws Exception {
        try (RawClient rebound = new RawClient(server.port())) {
            rebound.send("GET /v1/models HTTP/1.1\r\nHost: evil.example:80\r\n\r\n");
            assertThat(rebound.status()).contains("421");
        }
        String json = "application/json";
        assertThat(client.post(CHAT, Client.chat(""), "Content-Type", json, "Origin", "http://evil.example")
                        .status())
                .isEqualTo(403);
        assertThat(client.get("/v1/models", "Origin", "null").status()).isEqualTo(403);
        assertThat(client.get("/v1/models", "Sec-Fetch-Site", "cross-site").status())
                .isEqualTo(403);
        Client.Answer own = client.get("/v1/models", "Origin", "http://127.0.0.1:" + server.port());
        assertThat(own.status()).isEqualTo(200);
        assertThat(own.header("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void garbageIsNoRequest() throws Exception {
        for (String garbage : List.of("\u0016\u0003\u0001", "GET / HTTP/9.9\r\n\r\n", "GET\r\n\r\n", "\r\n\r\n\0")) {
            try (RawClient raw = new RawClient(server.port())) {
                raw.send(garbage);
                raw.send("\r\n\r\n");
                assertThat(raw.rest()).doesNotContain("Exception").doesNotContain("Jetty");
            }
        }
    }

    @Test
    void asksForKeysWhereThereAreSome() throws Exception {
        server.close();
        server = start(new ApiKeys(List.of("another-key-0123456789", KEY)));
        connect();

        assertThat(client.get("/v1/models").status()).isEqualTo(401);
        assertThat(client.get("/v1/models").error()).contains("Authorization: Bearer KEY");
        assertThat(client.get("/v1/models", "Authorization", "Bearer wrong").status())
                .isEqualTo(401);
        assertThat(client.get("/v1/models", "Authorization", "Bearer " + KEY + "x")
                        .status())
                .isEqualTo(401);
        assertThat(client.get("/v1/models", "Authorization", "bearer " + KEY).status())
                .isEqualTo(200);
    }

    /** Kubernetes and load balancers send no key, and name a pod by its address. */
    @Test
    void probesNeedNoKey() throws Exception {
        server.close();
        server = start("0.0.0.0", new ApiKeys(List.of(KEY)), LIMITS);
        connect();

        for (String path : List.of("/health", "/ready")) {
            assertThat(client.get(path).status()).as(path).isEqualTo(200);
            assertThat(client.get(path, "Authorization", "Bearer wrong").status())
                    .as(path)
                    .isEqualTo(200);
            try (RawClient probe = new RawClient(server.port())) {
                probe.send("GET " + path + " HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nUser-Agent: kube-probe/1.34\r\n\r\n");
                assertThat(probe.status()).as(path).contains(" 200 ");
            }
        }
        assertThat(client.get("/v1/models").status()).isEqualTo(401);
    }
}
