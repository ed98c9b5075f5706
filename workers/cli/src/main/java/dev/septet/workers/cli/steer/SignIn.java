package dev.septet.workers.cli.steer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.identity.CodeFlow;
import dev.septet.activities.identity.IdentityProvider;
import dev.septet.activities.identity.ProviderMetadata;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Signs a person in at the operator's identity provider for one text: the authorization code flow with PKCE, and a redirect to
 * this machine. The {@code nonce} of the sign-in is the digest of the text.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8252">RFC 8252: OAuth 2.0 for Native Apps</a>
 */
final class SignIn {
    private static final String PATH = "/signed-in";

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
        CompletableFuture<Map<String, String>> answered = new CompletableFuture<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        URI redirect = URI.create(String.format(
                Locale.ROOT, "http://127.0.0.1:%d%s", server.getAddress().getPort(), PATH));
        CodeFlow flow = new CodeFlow(identity, provider, redirect, text);
        server.createContext(PATH, exchange -> receive(exchange, flow, answered));
        server.start();
        try {
            session.terminal()
                    .note("Sign in for this answer: " + flow.address(Map.of("prompt", "login", "login_hint", by)));
            Map<String, String> answer = answered.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            String code = answer.get("code");
            if (code == null) {
                throw failed("the identity provider answered %s"
                        .formatted(ProviderMetadata.shown(answer.getOrDefault("error", "without a code"))));
            }
            return flow.token(code);
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
    private static void receive(HttpExchange exchange, CodeFlow flow, CompletableFuture<Map<String, String>> answered)
            throws IOException {
        Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
        boolean mine = flow.isState(query.get("state"));
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

    private static CliProblem failed(String reason) {
        return new CliProblem(ExitCode.RUN_FAILED, "the sign-in failed: " + reason);
    }
}
