package dev.septet.activities.basemodel;

import dev.septet.settings.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The hub's address and cache folder, from the environment variables of its own tools.
 *
 * @param endpoint URL of the hub, {@code HF_ENDPOINT}
 * @param cache folder, {@code HF_HUB_CACHE} or {@code HF_HOME/hub}
 * @param token {@code HF_TOKEN}, or the content of the log-in file; sent only to the endpoint
 * @param offline whether only the cache may be used, {@code HF_HUB_OFFLINE}
 * @see <a
 *     href="https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables">
 *     huggingface_hub: environment variables</a>
 */
public record HubSettings(URI endpoint, Path cache, Optional<String> token, boolean offline) {
    private static final Set<String> YES = Set.of("1", "ON", "YES", "TRUE");

    /**
     * Reads the settings from environment variables.
     *
     * @param home the user's home folder
     * @throws IllegalArgumentException with a message for users when {@code HF_ENDPOINT} is not a URL
     */
    public static HubSettings of(Map<String, String> environment, Path home) {
        Path hub = value(environment, Setting.HF_HOME)
                .map(Path::of)
                .orElseGet(() -> value(environment, Setting.XDG_CACHE_HOME)
                        .map(Path::of)
                        .orElse(home.resolve(".cache"))
                        .resolve("huggingface"));
        Path cache = value(environment, Setting.HF_HUB_CACHE).map(Path::of).orElse(hub.resolve("hub"));
        Path log = value(environment, Setting.HF_TOKEN_PATH).map(Path::of).orElse(hub.resolve("token"));
        return new HubSettings(
                endpoint(Setting.HF_ENDPOINT.text(environment)),
                cache,
                value(environment, Setting.HF_TOKEN).or(() -> token(log)),
                value(environment, Setting.HF_HUB_OFFLINE)
                        .filter(text -> YES.contains(text.toUpperCase(Locale.ROOT)))
                        .isPresent());
    }

    private static URI endpoint(String text) {
        String address = text.isEmpty() ? Setting.HF_ENDPOINT.standard() : text;
        return URI.create(address.endsWith("/") ? address.substring(0, address.length() - 1) : address);
    }

    private static Optional<String> token(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static Optional<String> value(Map<String, String> environment, Setting setting) {
        return Optional.of(setting.text(environment)).filter(text -> !text.isEmpty());
    }

    /** Leaves out the token. */
    @Override
    public String toString() {
        return "hub %s, cache %s%s".formatted(endpoint, cache, offline ? ", offline" : "");
    }
}
