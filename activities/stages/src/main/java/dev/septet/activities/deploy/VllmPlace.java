package dev.septet.activities.deploy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.deploy.chain.RecordedAnswers;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.artifact.ChainCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder of versions whose adapters a running vLLM server loads. A version has the name {@code NAME@VERSION} there,
 * and the live one also {@code NAME}. The server's list of models says what it has loaded, so an interrupted change is
 * repeated from any point.
 *
 * @param root absolute path of the folder
 * @param name the adapter's name for clients
 */
record VllmPlace(VersionFolder folder, VllmServer server, Path root, String name) implements TargetPlace {
    private static final String ARGUMENTS = "vllm-lora.yaml";

    @Override
    public String location() {
        return folder.location();
    }

    @Override
    public void refuseForeign() throws IOException {
        folder.refuseForeign();
    }

    @Override
    public void add(String version, Map<String, Path> files) throws IOException {
        if (!files.containsKey(ARGUMENTS)) { // only a folder with an adapter that vLLM can load has them
            throw StageProblem.invalid(
                    "deploy: vllm: the server of endpoint '%s' needs a LoRA adapter, but this model has none that vLLM can load; leave `endpoint:` out"
                            .formatted(server.name()));
        }
        folder.add(version, files);
    }

    @Override
    public void verify(String version, @Nullable Path answers) throws IOException {
        if (answers == null) {
            throw StageProblem.invalid(
                    "deploy: vllm: the export has no answers to compare with; start the pipeline again, it exports the"
                            + " model again");
        }
        load(version);
        Optional<ChainCheck> broken = RecordedAnswers.read(answers)
                .verify(server.answering(versioned(version)), "vllm")
                .broken();
        if (broken.isPresent()) {
            server.unload(versioned(version));
            throw new StageProblem(
                    FailureType.CHAIN_BROKEN,
                    "deploy: %s. The server of endpoint '%s' has unloaded '%s'; the name '%s' did not change"
                            .formatted(broken.get().sentence(), server.name(), versioned(version), name));
        }
    }

    @Override
    public boolean holds(String version) throws IOException {
        return folder.holds(version);
    }

    @Override
    public List<String> versions() throws IOException {
        return folder.versions();
    }

    @Override
    public Optional<String> current() throws IOException {
        return folder.current();
    }

    @Override
    public void point(String version) throws IOException {
        if (!folder.holds(version)) {
            folder.point(version); // says which versions there are
        }
        load(version);
        load(name, path(version));
        folder.point(version);
        String kept = versioned(version);
        for (Map.Entry<String, String> loaded : server.models().entrySet()) {
            if (loaded.getKey().startsWith(name + "@") && !loaded.getKey().equals(kept) && ours(loaded.getValue())) {
                server.unload(loaded.getKey());
            }
        }
    }

    @Override
    public void unpoint(String version) throws IOException {
        Map<String, String> loaded = server.models();
        for (String each : List.of(name, versioned(version))) {
            if (path(version).equals(loaded.get(each))) {
                server.unload(each);
            }
        }
        folder.unpoint(version);
    }

    @Override
    public void remove(String version) throws IOException {
        if (!folder.current().equals(Optional.of(version))) {
            if (path(version).equals(server.models().get(versioned(version)))) {
                server.unload(versioned(version));
            }
            folder.remove(version);
        }
    }

    private void load(String version) {
        load(versioned(version), path(version));
    }

    private void load(String as, String path) {
        String loaded = server.models().get(as);
        if (path.equals(loaded)) {
            return; // an earlier attempt loaded it
        }
        if (loaded != null && !ours(loaded)) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "deploy: vllm: the server of endpoint '%s' already has a model '%s', which is not from %s; write another `name:`, or unload that model"
                            .formatted(server.name(), as, root));
        }
        server.load(as, path, loaded != null);
    }

    /** Whether an adapter comes from this folder. */
    private boolean ours(String path) {
        return path.startsWith(server.seen(root) + "/");
    }

    private String path(String version) {
        return server.seen(root.resolve("versions").resolve(version).resolve("adapter"));
    }

    private String versioned(String version) {
        return name + "@" + version;
    }
}
