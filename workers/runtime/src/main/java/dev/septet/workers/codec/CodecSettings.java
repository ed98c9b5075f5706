package dev.septet.workers.codec;

import dev.septet.activities.encryption.OwnerFile;
import dev.septet.activities.encryption.StoreKeyFile;
import dev.septet.settings.Setting;
import io.temporal.payload.codec.PayloadCodec;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The environment's settings for encryption of payloads.
 *
 * @param environment this process's variables
 */
public record CodecSettings(Map<String, String> environment) {

    /** Whether payloads are encoded at all. */
    public boolean encodes() {
        return !Setting.CODEC_KEYS.text(environment).isEmpty()
                || !Setting.CODEC_ENDPOINT.text(environment).isEmpty();
    }

    /**
     * The configured codec.
     *
     * @param namespace namespace that is sent to a codec server
     * @throws CodecProblem when the settings are invalid, or a file cannot be used
     */
    public PayloadCodec codec(String namespace) {
        if (!Setting.CODEC_KEYS.text(environment).isEmpty()
                && !Setting.CODEC_ENDPOINT.text(environment).isEmpty()) {
            throw new CodecProblem("both %s and %s are set; unset one"
                    .formatted(Setting.CODEC_KEYS.variable(), Setting.CODEC_ENDPOINT.variable()));
        }
        if (!Setting.CODEC_ENDPOINT.text(environment).isEmpty()) {
            return new RemoteCodec(endpoint(), namespace, token());
        }
        return Setting.CODEC_KEYS.text(environment).isEmpty() ? new MissingCodec() : keys();
    }

    /**
     * The codec with this process's own keys, which a codec server requires.
     *
     * @throws CodecProblem when no keys are set, or the file cannot be used
     */
    public PayloadCodec keys() {
        if (Setting.CODEC_KEYS.text(environment).isEmpty()) {
            throw new CodecProblem(
                    "%s is not set. Set it to a file with the lines `current: NAME` and `NAME: KEY`; `openssl rand -base64 32` makes a key."
                            .formatted(Setting.CODEC_KEYS.variable()));
        }
        Path file = path(Setting.CODEC_KEYS);
        return new AesGcmCodec(CodecProblem.wrap(() -> StoreKeyFile.read(Setting.CODEC_KEYS.variable(), file)));
    }

    private @Nullable String token() {
        if (Setting.CODEC_TOKEN_FILE.text(environment).isEmpty()) {
            return null;
        }
        Path file = path(Setting.CODEC_TOKEN_FILE);
        String token = CodecProblem.wrap(() -> OwnerFile.read(Setting.CODEC_TOKEN_FILE.variable(), file))
                .strip();
        if (!token.matches("[!-~]{1,4096}")) {
            throw new CodecProblem("%s: the file %s must hold one token of characters that are valid in a header"
                    .formatted(Setting.CODEC_TOKEN_FILE.variable(), path(Setting.CODEC_TOKEN_FILE)));
        }
        return token;
    }

    private URI endpoint() {
        String text = Setting.CODEC_ENDPOINT.text(environment).replaceAll("/+$", "");
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
        if (!"https".equals(uri.getScheme()) && !("http".equals(uri.getScheme()) && loopback(uri.getHost()))) {
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

    private Path path(Setting setting) {
        try {
            return Path.of(setting.text(environment)).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new CodecProblem("%s is not a path: %s".formatted(setting.variable(), e.getReason()), e);
        }
    }

    private static CodecProblem wrong(String what, @Nullable Exception cause) {
        String message = "%s: %s".formatted(Setting.CODEC_ENDPOINT.variable(), what);
        return cause == null ? new CodecProblem(message) : new CodecProblem(message, cause);
    }
}
