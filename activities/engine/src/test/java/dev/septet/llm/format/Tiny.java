package dev.septet.llm.format;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The tiny model and its adapters that tiny/make.py made with transformers and peft. */
public final class Tiny {
    private Tiny() {}

    public static Path base() throws URISyntaxException {
        return resource("tiny/base");
    }

    public static Path resource(String name) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(Tiny.class.getResource(name), name).toURI());
    }
}
