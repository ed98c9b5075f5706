package dev.septet.activities.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A provider of OpenID Connect whose visitors are all Anna: metadata, keys, the code flow with PKCE. */
public final class FakeProvider implements AutoCloseable {
    public static final String CLIENT = "septet";

    private final HttpServer server;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final List<String> groups;
    private final AtomicInteger exchanges = new AtomicInteger();
    private RSAKey key;
    private volatile Map<String, Object> claims = Map.of();
    private volatile @Nullable String error;
    private volatile @Nullable String answer;

    public FakeProvider(String... groups) throws IOException, JOSEException {
        this.groups = List.of(groups);
        key = newKey("one");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/.well-known/openid-configuration", exchange -> reply(exchange, 200, """
            {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token","jwks_uri":"%1$s/keys"}
            """.formatted(issuer())));
        server.createContext("/keys", exchange -> reply(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
        server.createContext("/authorize", this::authorize);
        server.createContext("/token", this::token);
        server.start();
    }

    public URI issuer() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Writes an operator's file that declares this provider. */
    public Path declare(Path file) throws IOException {
        return Files.writeString(file, """
            identity:
              issuer: %s
              client: %s
              roles:
                ml-oncall: [llm-leads]
            """.formatted(issuer(), CLIENT));
    }

    /** Replaces the key that signs. */
    public void rotate() throws JOSEException {
        key = newKey("two");
    }

    /** Gives its tokens other claims than usual from now on. */
    public void claim(Map<String, Object> others) {
        claims = others;
    }

    /** Sends browsers back with this error instead of a code from now on; null = with a code. */
    public void refuse(@Nullable String reason) {
        error = reason;
    }

    /** Answers each exchange of a code with this text from now on; null = with a token. */
    public void answer(@Nullable String text) {
        answer = text;
    }

    /** How many codes were to be exchanged. */
    public int exchanges() {
        return exchanges.get();
    }

    /** A token of Anna's, with other claims than usual. */
    public String token(String nonce, Instant now, Map<String, Object> others) throws JOSEException {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(issuer().toString())
                .audience(CLIENT)
                .subject("1")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .claim("email", "Anna@example.com")
                .claim("email_verified", true)
                .claim("groups", groups)
                .claim("nonce", nonce);
        others.forEach(claims::claim);
        SignedJWT signed = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims.build());
        signed.sign(new RSASSASigner(key));
        return signed.serialize();
    }

    private static RSAKey newKey(String id) throws JOSEException {
        return new RSAKeyGenerator(2048).keyID(id).generate();
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> query = form(exchange.getRequestURI().getRawQuery());
        codes.put("code-1", query);
        String reason = error;
        exchange.getResponseHeaders()
                .set(
                        "Location",
                        query.get("redirect_uri") + (reason == null ? "?code=code-1" : "?error=" + reason) + "&state="
                                + URLEncoder.encode(query.getOrDefault("state", ""), StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void token(HttpExchange exchange) throws IOException {
        exchanges.incrementAndGet();
        Map<String, String> request =
                form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Map<String, String> asked = codes.remove(request.getOrDefault("code", ""));
        if (asked == null
                || !request.getOrDefault("redirect_uri", "").equals(asked.get("redirect_uri"))
                || !IdTokens.nonce(request.getOrDefault("code_verifier", "")).equals(asked.get("code_challenge"))) {
            reply(exchange, 400, "{\"error\":\"invalid_grant\"}");
            return;
        }
        String text = answer;
        if (text != null) {
            reply(exchange, 200, text);
            return;
        }
        try {
            String token = token(asked.getOrDefault("nonce", ""), Instant.now(), claims);
            reply(exchange, 200, "{\"token_type\":\"Bearer\",\"id_token\":\"%s\"}".formatted(token));
        } catch (JOSEException e) {
            throw new IOException(e);
        }
    }

    private static Map<String, String> form(@Nullable String raw) {
        Map<String, String> values = new HashMap<>();
        for (String pair : (raw == null ? "" : raw).split("&", -1)) {
            String[] parts = pair.split("=", 2);
            values.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return values;
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
