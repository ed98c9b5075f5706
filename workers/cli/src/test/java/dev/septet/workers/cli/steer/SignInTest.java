package dev.septet.workers.cli.steer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.identity.FakeProvider;
import dev.septet.activities.identity.IdTokens;
import dev.septet.activities.identity.IdentityProvider;
import dev.septet.workers.cli.Captured;
import dev.septet.workers.cli.option.CliProblem;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sign-in of a person at a provider, with a browser that follows redirects. */
class SignInTest {
    private static final String TEXT = "septet approval 1";

    @TempDir
    Path folder;

    @Test
    void aSignInProvesItsTextOnly() throws Exception {
        try (FakeProvider provider = new FakeProvider("llm-leads")) {
            Path file = provider.declare(folder.resolve("operator.yaml"));
            Captured septet = new Captured(folder).with("SEPTET_TRAINERS", file.toString());
            CompletableFuture<String> token = CompletableFuture.supplyAsync(() -> {
                try {
                    return new SignIn(septet.session(), Duration.ofMinutes(1)).of(TEXT, "anna@example.com");
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Pattern address = Pattern.compile("Sign in for this answer: (\\S+)");
            await().until(() -> address.matcher(septet.err()).find());
            Matcher found = address.matcher(septet.err());
            assertThat(found.find()).isTrue();
            URI page = URI.create(found.group(1));
            assertThat(page.toString()).contains("login_hint=anna%40example.com", "code_challenge_method=S256");
            Matcher redirect = Pattern.compile("redirect_uri=([^&]+)").matcher(page.toString());
            assertThat(redirect.find()).isTrue();
            String here = java.net.URLDecoder.decode(redirect.group(1), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(get(here + "?code=forged&state=guessed")).isEqualTo(400);
            assertThat(get(page.toString())).isEqualTo(200);

            IdTokens tokens = new IdTokens(
                    Objects.requireNonNull(IdentityProvider.of(Map.of("SEPTET_TRAINERS", file.toString()))),
                    Clock.systemUTC());
            assertThat(tokens.check(token.get(), TEXT).name()).isEqualTo("Anna@example.com");
            assertThatThrownBy(() -> tokens.check(token.get(), TEXT + "!")).hasMessageContaining("for another answer");
            provider.rotate();
            assertThat(tokens.check(token.get(), TEXT).groups()).containsExactly("llm-leads");
        }
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        assertThatThrownBy(() -> new SignIn(new Captured(folder).session(), Duration.ofMinutes(1)).of(TEXT, "anna"))
                .isInstanceOf(CliProblem.class)
                .hasMessageContaining("needs the section `identity`");
        FakeProvider provider = new FakeProvider();
        Path file = provider.declare(folder.resolve("operator.yaml"));
        Captured septet = new Captured(folder).with("SEPTET_TRAINERS", file.toString());
        assertThatThrownBy(() -> new SignIn(septet.session(), Duration.ofMillis(1)).of(TEXT, "anna"))
                .hasMessageContaining("no sign-in arrived");
        provider.close();
        assertThatThrownBy(() -> new SignIn(septet.session(), Duration.ofMinutes(1)).of(TEXT, "anna"))
                .isInstanceOf(CliProblem.class)
                .hasMessageContaining("the sign-in failed");
    }

    private static int get(String address) throws Exception {
        return HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .build()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
