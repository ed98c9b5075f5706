package dev.septet.workers.cli.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.deploy.chain.ChainEndpoint;
import dev.septet.activities.deploy.chain.ChainProbes;
import dev.septet.activities.deploy.chain.EndpointLink;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.store.CorruptArtifactException;
import dev.septet.activities.store.Manifest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.run.ChainTable;
import dev.septet.workflows.artifact.ArtifactRef;
import dev.septet.workflows.artifact.ChainCheck;
import dev.septet.workflows.artifact.ChainReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code septet verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Prove that published files are complete, and that a server answers like the published" + " model.",
            "",
            "The server implements OpenAI's API: Septet's own, vLLM, llama.cpp's, Ollama. Septet"
                    + " sends a few prompts. It compares the answers, the stop positions and the token"
                    + " counts with the published model."
        })
public final class VerifyCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODEL",
            description = "A published folder, or the name of a pipeline that has published one")
    private String named = "";

    @Option(
            names = "--store",
            description =
                    "Instead of a model, read every byte of the store and compare it with its digest. Names what is"
                            + " damaged, and what refers to it")
    private boolean wholeStore;

    @Option(
            names = "--release",
            paramLabel = "FILE",
            description = "Instead of a model, verify a downloaded archive or package of Septet: the signature of"
                    + " SHA256SUMS beside it, then its digest. Warns if it is older than this program."
                    + " SEPTET_RELEASE_SIGNERS names the allowed signers")
    private @Nullable Path release;

    @Option(names = "--endpoint", paramLabel = "URL", description = "The server, such as http://127.0.0.1:8000")
    private @Nullable URI endpoint;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description =
                    "The model's name on the server. Default: the pipeline's name, or the server's" + " only model")
    private @Nullable String model;

    @Option(
            names = "--base",
            paramLabel = "FOLDER",
            description = "The base model, to prove also that the adapter is served. If MODEL is a pipeline,"
                    + " this option is not needed")
    private @Nullable Path base;

    @Option(
            names = "--exact",
            description = "The server computes in float32 with unrounded weights, as Septet's server" + " does")
    private boolean exact;

    @Option(
            names = "--key-variable",
            paramLabel = "NAME",
            description = "Environment variable with the server's API key")
    private @Nullable String keyVariable;

    @Option(names = "--json", description = "Print the checks as JSON")
    private boolean json;

    public VerifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        int asked = (wholeStore ? 1 : 0) + (named.isEmpty() ? 0 : 1) + (release == null ? 0 : 1);
        if (asked != 1 || (named.isEmpty() && endpoint != null)) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "name a published folder or a pipeline, or use --store alone to verify the whole store, or --release FILE alone");
        }
        if (release != null) {
            String running = VerifyCommand.class.getPackage().getImplementationVersion();
            return new ReleaseVerification(session, running).run(release);
        }
        if (wholeStore) {
            return new StoreVerification(session).run(json);
        }
        ChainReport report = report();
        if (json) {
            session.terminal().print(SpecJson.mapper().writeValueAsString(report));
        } else if (!report.checks().isEmpty()) {
            session.terminal().print(ChainTable.of(session.terminal().screen(), report));
        }
        Optional<ChainCheck> broken = report.broken();
        if (broken.isPresent()) {
            throw new CliProblem(ExitCode.RUN_FAILED, broken.get().sentence());
        }
        return ExitCode.OK;
    }

    private ChainReport report() throws IOException {
        try {
            Path folder = PublishedModel.find(session, named);
            return endpoint == null ? files(folder) : answers(folder, endpoint);
        } catch (CorruptArtifactException damaged) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    damaged.getMessage() + ". Run the pipeline again: it publishes the model again");
        }
    }

    /**
     * Verifies every file of the version by its digest, and returns the chain report of its export.
     */
    private ChainReport files(Path model) throws IOException {
        PublishedFiles published = PublishedFiles.with(model)
                .orElseThrow(() -> new CliProblem(
                        ExitCode.NOT_FOUND,
                        "%s has no %s: it was not published, so there is nothing to compare it with; name a server with --endpoint"
                                .formatted(model, Manifest.FILE)));
        session.terminal()
                .note(String.format(
                        Locale.ROOT,
                        "%d files match the published version (%s)",
                        published.verify(),
                        published.folder()));
        Path chain = published.folder().resolve("chain.json");
        try {
            return Files.exists(chain)
                    ? SpecJson.mapper().readValue(chain.toFile(), ChainReport.class)
                    : ChainReport.EMPTY;
        } catch (JsonProcessingException e) {
            throw new CliProblem(ExitCode.RUN_FAILED, chain + " is not a chain report of Septet");
        }
    }

    private ChainReport answers(Path folder, URI address) throws IOException {
        String variable = keyVariable;
        String key = variable == null ? null : session.environment().get(variable);
        if (variable != null && key == null) {
            throw new CliProblem(ExitCode.USAGE, "there is no environment variable " + variable);
        }
        try {
            String name = model == null ? servedName(address, key) : model;
            return new EndpointLink(folder, base(), ChainProbes.PLAIN, !exact)
                    .verify(new ChainEndpoint(address, name, key));
        } catch (IllegalArgumentException wrong) {
            throw new CliProblem(ExitCode.USAGE, String.valueOf(wrong.getMessage()));
        } catch (ChainEndpoint.KeyRefused refused) {
            throw new CliProblem(
                    ExitCode.RUN_FAILED,
                    refused.getMessage()
                            + (variable == null
                                    ? "; name the environment variable that holds its key with" + " --key-variable NAME"
                                    : "; the key in %s (--key-variable) is not a key that it accepts"
                                            .formatted(variable)));
        } catch (IOException unanswered) {
            throw new CliProblem(ExitCode.RUN_FAILED, String.valueOf(unanswered.getMessage()));
        }
    }

    /**
     * The served model's name. Septet's own server lists several names: the pipeline's name, its
     * versions and its base model.
     */
    private String servedName(URI address, @Nullable String key) throws IOException {
        List<String> names = ChainEndpoint.models(address, key);
        if (names.contains(named)) {
            return named;
        }
        if (names.size() != 1) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    String.format(
                            Locale.ROOT,
                            "%s has %d models (%s): name one with --model",
                            address,
                            names.size(),
                            String.join(", ", names)));
        }
        return names.get(0);
    }

    private @Nullable Path base() throws IOException {
        if (base != null || !session.hasStore()) {
            return base;
        }
        Routes routes = new Routes(session.store());
        if (!routes.pipelines().contains(named)) {
            return null;
        }
        ArtifactRef known =
                routes.route(named).map(route -> route.champion().base()).orElse(null);
        return known == null ? null : session.store().fetch(known);
    }
}
