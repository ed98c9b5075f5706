package dev.septet.activities.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a person signed in at the identity provider for one text. The token's {@code nonce} is the digest of the text,
 * so a token is valid for this text only.
 *
 * @see <a href="https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation">OpenID Connect Core 1.0, 3.1.3.7</a>
 */
public final class IdTokens {
    /** Longest token that is read. */
    private static final int LONGEST = 16 << 10;

    private static final int SKEW_SECONDS = 60;
    private static final Duration KEYS_LAST = Duration.ofMinutes(10);

    /** Not `none`, and no algorithm with a secret that two sides share. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final IdentityProvider provider;
    private final Clock clock;

    private @Nullable JWKSet keys;
    private Instant fetched = Instant.MIN;

    public IdTokens(IdentityProvider provider, Clock clock) {
        this.provider = provider;
        this.clock = clock;
    }

    /**
     * A person whom the provider vouches for.
     *
     * @param name value of the provider's claim for names
     * @param groups values of the claim for groups
     */
    public record Person(String name, List<String> groups) {}

    /** A token that proves nothing. The message says why, without the token. */
    public static final class Refused extends Exception {
        Refused(String reason) {
            super(reason);
        }
    }

    /** Whether a text may be a token: three parts in base64url. */
    public static boolean isToken(String text) {
        return text.length() <= LONGEST && text.matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");
    }

    /** The nonce of a sign-in that is about this text. */
    public static String nonce(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Sha256.start().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Checks a token.
     *
     * @param text what the person signed in for
     * @throws Refused when the token is of another issuer, client, text or time, or is not signed by the provider
     * @throws IOException when the provider's keys cannot be read
     */
    public Person check(String token, String text) throws IOException, InterruptedException, Refused {
        SignedJWT signed;
        try {
            signed = SignedJWT.parse(token);
        } catch (ParseException e) {
            throw new Refused("it is not a signed token");
        }
        if (!ALGORITHMS.contains(signed.getHeader().getAlgorithm())) {
            throw new Refused("its algorithm is not one of RS, PS and ES");
        }
        JWTClaimsSet claims;
        try {
            claims = processor(text, keys(signed.getHeader().getKeyID())).process(signed, null);
        } catch (BadJWTException e) {
            throw new Refused(reason(signed, text));
        } catch (BadJOSEException | JOSEException e) {
            throw new Refused("no key of the provider signed it");
        }
        try {
            String name = claims.getStringClaim(provider.name());
            if (name == null || name.isBlank()) {
                throw new Refused("it has no claim `%s` with a name".formatted(provider.name()));
            }
            if (provider.name().equals("email") && !Boolean.TRUE.equals(claims.getClaim("email_verified"))) {
                throw new Refused(
                        "the provider does not say that it has verified the person's email address (claim `email_verified`); the operator can name another claim in the section `identity`, such as `name: preferred_username`");
            }
            requireClient(claims);
            List<String> groups = claims.getStringListClaim(provider.groups());
            return new Person(name, groups == null ? List.of() : List.copyOf(groups));
        } catch (ParseException e) {
            throw new Refused("its claims `%s` and `%s` must be a text and a list of texts"
                    .formatted(provider.name(), provider.groups()));
        }
    }

    /** A token that another client requested is no sign-in at this one, although it may name both. */
    private void requireClient(JWTClaimsSet claims) throws ParseException, Refused {
        String requested = claims.getStringClaim("azp");
        if (requested == null ? claims.getAudience().size() > 1 : !requested.equals(provider.client())) {
            throw new Refused("another client requested it");
        }
    }

    private DefaultJWTProcessor<SecurityContext> processor(String text, JWKSet trusted) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(trusted)));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        provider.client(),
                        new JWTClaimsSet.Builder()
                                .issuer(provider.issuer().toString())
                                .claim("nonce", nonce(text))
                                .build(),
                        Set.of("sub", "iat", "exp")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        claims.setMaxClockSkew(SKEW_SECONDS);
        processor.setJWTClaimsSetVerifier(claims);
        return processor;
    }

    /** Which of the claims is wrong, in words without its value. */
    private String reason(SignedJWT signed, String text) {
        try {
            JWTClaimsSet claims = signed.getJWTClaimsSet();
            if (!provider.issuer().toString().equals(claims.getIssuer())) {
                return "another issuer made it";
            } else if (!claims.getAudience().contains(provider.client())) {
                return "it is for another client";
            } else if (!nonce(text).equals(claims.getClaim("nonce"))) {
                return "it is for another answer or another sign-in";
            }
            Date expires = claims.getExpirationTime();
            return expires != null && expires.toInstant().isBefore(clock.instant())
                    ? "it has expired; sign in again, and check the clocks of this machine and of the worker"
                    : "one of its claims sub, iat and exp is missing or not yet valid";
        } catch (ParseException e) {
            return "its claims cannot be read";
        }
    }

    /** The provider's keys; read again after ten minutes, and when a token names a key that is not among them. */
    private synchronized JWKSet keys(@Nullable String wanted) throws IOException, InterruptedException {
        JWKSet known = keys;
        Duration age = Duration.between(fetched, clock.instant());
        boolean unknown = known != null && wanted != null && known.getKeyByKeyId(wanted) == null;
        if (known != null
                && !age.isNegative()
                && age.compareTo(KEYS_LAST) < 0
                && !(unknown && age.toSeconds() >= SKEW_SECONDS)) {
            return known;
        }
        URI address = ProviderMetadata.of(provider.issuer()).keys();
        try {
            known = JWKSet.parse(ProviderMetadata.get(address));
        } catch (ParseException e) {
            throw new IOException(address + " is not a set of keys (JWKS)", e);
        }
        keys = known;
        fetched = clock.instant();
        return known;
    }
}
