package dev.septet.activities.deploy.publication;

import dev.septet.dsl.pipeline.deploy.LlamacppSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files for llama.cpp's server: one GGUF, the smallest one when there are several, and the
 * arguments to start the server in this folder: {@code xargs llama-server < llama-server.args}.
 *
 * @see <a href="https://github.com/ggml-org/llama.cpp/tree/master/tools/server">llama-server</a>
 */
final class LlamacppFiles implements TargetFiles {
    static final String ARGUMENTS = "llama-server.args";

    private static final String MODEL = "model.gguf";

    @Override
    public String type() {
        return "llamacpp";
    }

    @Override
    public boolean handles(TargetSpec target) {
        return target instanceof LlamacppSpec;
    }

    @Override
    public Map<String, Path> files(TargetSpec target, Exported export, Path scratch) throws IOException {
        Path arguments = scratch.resolve(ARGUMENTS);
        Files.writeString(arguments, String.format(Locale.ROOT, """
            --model %s
            --alias %s
            --ctx-size %d
            --jinja
            """, MODEL, export.name(), export.context()));
        Map<String, Path> files = new TreeMap<>(export.documents());
        files.put(MODEL, export.gguf());
        files.put(ARGUMENTS, arguments);
        return files;
    }
}
