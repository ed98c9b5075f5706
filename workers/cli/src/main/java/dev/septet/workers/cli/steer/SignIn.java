package dev.septet.workers.cli.steer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.identity.IdTokens;
import dev.septet.activities.identity.IdentityProvider;
import dev.septet.activities.identity.ProviderMetadata;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Signs a person in at the operator's identity provider for one text: the authorization code flow with PKCE, and a redirect to
 * this machine. The {@code nonce} of the sign-in is the digest of the text.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8252">RFC 8252: OAuth 2.0 for Native Apps</a>
 */
final class SignIn {
    private static final String PATH = "/signed-in";
    private static final int LONGEST = 1 << 16;
    private static final int RANDOM_BYTES = 32;

    private final Session session;
    private final Duration patience;

    /**
     * @param patience how long the person may take
     */
    SignIn(Session session, Duration patience) {
        this.session = session;
        this.patience = patience;
    }

    /**
     * The person's token for the text.
     *
     * @param by the person's name at the provider, offered to the sign-in page
     * @throws CliProblem when there is no identity provider, or when the sign-in fails
     */
    String of(String text, String by) throws InterruptedException {
        IdentityProvider identity = declared();
        try {
            ProviderMetadata provider = ProviderMetadata.of(identity.issuer());
            return token(identity, provider, text, by);
        } catch (IOException e) {
            throw failed(String.valueOf(e.getMessage()));
        }
    }

    private IdentityProvider declared() {
        IdentityProvider identity;
        try {
            identity = IdentityProvider.of(session.environment());
        } catch (StageProblem wrong) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(wrong.getMessage()));
        }
        if (identity == null) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "--sign-in needs the section `identity` with issuer, client and roles in the file that %s names"
                            .formatted(Setting.TRAINERS.variable()));
        }
        return identity;
    }

    private String token(IdentityProvider identity, ProviderMetadata provider, String text, String by)
            throws IOException, InterruptedException {
        String state = random();
        String verifier = random();
        CompletableFuture<Map<String, String>> answered = new CompletableFuture<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(PATH, exchange -> receive(exchange, state, answered));
        server.start();
        try {
            String redirect = String.format(
                    Locale.ROOT, "http://127.0.0.1:%d%s", server.getAddress().getPort(), PATH);
            Map<String, String> request = new LinkedHashMap<>();
            request.put("response_type", "code");
            request.put("client_id", identity.client());
            request.put("redirect_uri", redirect);
            request.put("scope", "openid profile email");
            request.put("state", state);
            request.put("nonce", IdTokens.nonce(text));
            request.put("code_challenge", challenge(verifier));
            request.put("code_challenge_method", "S256");
            request.put("prompt", "login");
            request.put("login_hint", by);
            session.terminal().note("Sign in for this answer: " + with(provider.authorization(), form(request)));
            Map<String, String> answer = answered.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            String code = answer.get("code");
            if (code == null) {
                throw failed("the identity provider answered %s"
                        .formatted(ProviderMetadata.shown(answer.getOrDefault("error", "without a code"))));
            }
            return exchanged(provider.token(), identity.client(), code, verifier, redirect);
        } catch (TimeoutException e) {
            throw failed(String.format(
                    Locale.ROOT, "no sign-in arrived within %d minutes. Send the answer again", patience.toMinutes()));
        } catch (ExecutionException e) {
            throw failed(String.valueOf(e.getMessage()));
        } finally {
            server.stop(0);
        }
    }

    /** Takes the redirect of this sign-in; ignores other requests. */
    private static void receive(HttpExchange exchange, String state, CompletableFuture<Map<String, String>> answered)
            throws IOException {
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        boolean mine = MessageDigest.isEqual(
                state.getBytes(StandardCharsets.UTF_8),
                query.getOrDefault("state", "").getBytes(StandardCharsets.UTF_8));
        byte[] page = (mine ? "Signed in. Return to the terminal." : "This is not the sign-in that Septet waits for.")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(mine ? 200 : 400, page.length);
        exchange.getResponseBody().write(page);
        exchange.close();
        if (mine) {
            answered.complete(query);
        }
    }

    private static String exchanged(URI address, String client, String code, String verifier, String redirect)
            throws IOException, InterruptedException {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("grant_type", "authorization_code");
        request.put("code", code);
        request.put("redirect_uri", redirect);
        request.put("client_id", client);
        request.put("code_verifier", verifier);
        ProviderMetadata.Answer answer = ProviderMetadata.send(
                HttpRequest.newBuilder(address)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(form(request))),
                LONGEST);
        JsonNode json;
        try {
            json = SpecJson.mapper().readTree(answer.text());
        } catch (JsonProcessingException e) {
            throw failed("%s answered with the status %s and without JSON".formatted(address, answer.status()));
        }
        String token = json.path("id_token").asText();
        if (answer.status() != 200 || token.isEmpty()) {
            throw failed("%s answered with the status %s: %s"
                    .formatted(
                            address,
                            answer.status(),
                            ProviderMetadata.shown(json.path("error").asText("no id_token"))));
        }
        return token;
    }

    private static Map<String, String> query(@org.jspecify.annotations.Nullable String raw) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : (raw == null ? "" : raw).split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                try {
                    values.putIfAbsent(
                            pair.substring(0, equals),
                            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
                } catch (IllegalArgumentException notEncoded) {
                    // Not a part of a redirect.
                }
            }
        }
        return values;
    }

    private static String form(Map<String, String> values) {
        return values.entrySet().stream()
                .map(value -> value.getKey() + "=" + URLEncoder.encode(value.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static URI with(URI address, String query) {
        return URI.create(address + (address.getRawQuery() == null ? "?" : "&") + query);
    }

    private static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** PKCE's challenge is the digest in base64url, as the nonce is. */
    private static String challenge(String verifier) {
        return IdTokens.nonce(verifier);
    }

    private static CliProblem failed(String reason) {
        return new CliProblem(ExitCode.RUN_FAILED, "the sign-in failed: " + reason);
    }
}
