package dev.septet.workers.codec;

import dev.septet.activities.encryption.KeyFile;
import dev.septet.activities.encryption.OwnerFile;

import io.temporal.payload.codec.PayloadCodec;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What the environment says of the payloads' encryption.
 *
 * @param environment this process's variables
 */
public record CodecSettings(Map<String, String> environment) {
    /** File with the keys. */
    public static final String KEYS = "SEPTET_CODEC_KEYS";

    /** Address of a codec server, which has the keys in this process's place. */
    public static final String ENDPOINT = "SEPTET_CODEC_ENDPOINT";

    /** File with the token that the codec server asks for. */
    public static final String TOKEN_FILE = "SEPTET_CODEC_TOKEN_FILE";

    /** Whether payloads are encoded at all. */
    public boolean encodes() {
        return !text(KEYS).isEmpty() || !text(ENDPOINT).isEmpty();
    }

    /**
     * The codec that they ask for.
     *
     * @param namespace which a codec server is told
     * @throws CodecProblem when they make no sense, or a file cannot be used
     */
    public PayloadCodec codec(String namespace) {
        if (!text(KEYS).isEmpty() && !text(ENDPOINT).isEmpty()) {
            throw new CodecProblem("both %s and %s are set; unset one".formatted(KEYS, ENDPOINT));
        }
        if (!text(ENDPOINT).isEmpty()) {
            return new RemoteCodec(endpoint(), namespace, token());
        }
        return text(KEYS).isEmpty() ? new MissingCodec() : keys();
    }

    /**
     * The codec with keys of its own, which a codec server needs.
     *
     * @throws CodecProblem when there are none, or the file cannot be used
     */
    public PayloadCodec keys() {
        if (text(KEYS).isEmpty()) {
            throw new CodecProblem(
                    "%s is not set. Set it to a file with the lines `current: NAME` and `NAME: KEY`; `openssl rand -base64 32` makes a key."
                            .formatted(KEYS));
        }
        Path file = path(KEYS);
        return new AesGcmCodec(CodecProblem.told(() -> KeyFile.read(KEYS, file)));
    }

    private @Nullable String token() {
        if (text(TOKEN_FILE).isEmpty()) {
            return null;
        }
        Path file = path(TOKEN_FILE);
        String token = CodecProblem.told(() -> OwnerFile.read(TOKEN_FILE, file)).strip();
        if (!token.matches("[!-~]{1,4096}")) {
            throw new CodecProblem(
                    "%s: the file %s must hold one token of characters that are valid in a header"
                            .formatted(TOKEN_FILE, path(TOKEN_FILE)));
        }
        return token;
    }

    private URI endpoint() {
        String text = text(ENDPOINT).replaceAll("/+$", "");
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw wrong("it is not a URL", e);
        }
        if (uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            throw wrong("expected https://HOST[:PORT][/PATH]", null);
        }
        if (!"https".equals(uri.getScheme())
                && !("http".equals(uri.getScheme()) && loopback(uri.getHost()))) {
            throw wrong("plain http is for this machine only; expected https", null);
        }
        return uri;
    }

    private static boolean loopback(String host) {
        try {
            return host.matches("localhost|127\\.[0-9.]+|\\[::1]")
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private Path path(String variable) {
        try {
            return Path.of(text(variable)).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new CodecProblem("%s is not a path: %s".formatted(variable, e.getReason()), e);
        }
    }

    private String text(String variable) {
        return environment.getOrDefault(variable, "").strip();
    }

    private static CodecProblem wrong(String what, @Nullable Exception cause) {
        String message = "%s: %s".formatted(ENDPOINT, what);
        return cause == null ? new CodecProblem(message) : new CodecProblem(message, cause);
    }
}
