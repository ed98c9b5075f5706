package dev.septet.activities.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One sign-in of a person for one text: the authorization code flow with PKCE. The {@code nonce} is the digest of the text.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7636">RFC 7636: Proof Key for Code Exchange</a>
 */
public final class CodeFlow {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 1 << 16;
    private static final int RANDOM_BYTES = 32;

    private final IdentityProvider identity;
    private final ProviderMetadata provider;
    private final URI redirect;
    private final String text;
    private final String state = random();
    private final String verifier = random();

    /**
     * Begins a sign-in.
     *
     * @param redirect where the provider sends the browser afterwards
     * @param text what the person signs in for
     */
    public CodeFlow(IdentityProvider identity, ProviderMetadata provider, URI redirect, String text) {
        this.identity = identity;
        this.provider = provider;
        this.redirect = redirect;
        this.text = text;
    }

    /** What the person signs in for. */
    public String text() {
        return text;
    }

    /** The text that the provider's redirect must contain, and that nobody can guess. */
    public String state() {
        return state;
    }

    /** Whether a redirect is of this sign-in; takes the same time for every text of a length. */
    public boolean isState(@Nullable String given) {
        return given != null
                && MessageDigest.isEqual(
                        state.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The address where the person signs in.
     *
     * @param more further parameters of the request, such as {@code prompt}
     */
    public URI address(Map<String, String> more) {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("response_type", "code");
        request.put("client_id", identity.client());
        request.put("redirect_uri", redirect.toString());
        request.put("scope", "openid profile email");
        request.put("state", state);
        request.put("nonce", IdTokens.nonce(text));
        // PKCE's challenge is the digest in base64url, as the nonce is.
        request.put("code_challenge", IdTokens.nonce(verifier));
        request.put("code_challenge_method", "S256");
        request.putAll(more);
        URI page = provider.authorization();
        return URI.create(page + (page.getRawQuery() == null ? "?" : "&") + form(request));
    }

    /**
     * Exchanges the code of the redirect for the person's ID token, which is not checked yet.
     *
     * @throws IOException with a message for people, without code and token, when the provider gives none
     */
    public String token(String code) throws IOException, InterruptedException {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("grant_type", "authorization_code");
        request.put("code", code);
        request.put("redirect_uri", redirect.toString());
        request.put("client_id", identity.client());
        request.put("code_verifier", verifier);
        ProviderMetadata.Answer answer = ProviderMetadata.send(
                HttpRequest.newBuilder(provider.token())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(form(request))),
                LONGEST);
        String token;
        String error;
        try {
            JsonNode json = JSON.readTree(answer.text());
            token = json.path("id_token").asText();
            error = json.path("error").asText("no id_token");
        } catch (JsonProcessingException e) {
            // Without its cause, which quotes the answer.
            throw new IOException(
                    "%s answered with the status %s and without JSON".formatted(provider.token(), answer.status()));
        }
        if (answer.status() != 200 || token.isEmpty()) {
            throw new IOException("%s answered with the status %s: %s"
                    .formatted(provider.token(), answer.status(), ProviderMetadata.shown(error)));
        }
        return token;
    }

    /** A text that nobody can guess: 256 random bits. */
    public static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String form(Map<String, String> values) {
        return values.entrySet().stream()
                .map(value -> value.getKey() + "=" + URLEncoder.encode(value.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
