package dev.septet.activities.authority;

import dev.septet.activities.approval.PersonName;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.deploy.ApprovalSpec;
import dev.septet.settings.Setting;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.approval.AnswerRequest;
import dev.septet.workflows.approval.ApprovalRequest;
import dev.septet.workflows.approval.CheckedAnswer;
import dev.septet.workflows.artifact.Approval;
import dev.septet.workflows.artifact.EvaluationReport;
import dev.septet.workflows.artifact.ExportRef;
import dev.septet.workflows.artifact.Verdict;
import dev.septet.workflows.catalog.ResolvedPipeline;
import dev.septet.workflows.deploy.DeployRequest;
import dev.septet.workflows.deploy.Publication;
import dev.septet.workflows.evaluate.EvaluateRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a worker executes a request. Whoever may start workflows may start a stage with
 * any folder, spec and verdict. The worker refuses everything that does not come from its
 * catalogue.
 *
 * <p>A run gets a ticket when its file is read. Results on which publication depends get seals. A
 * workflow that an earlier version started has neither; the worker accepts it, but checks its
 * folder.
 */
public final class Authority {
    private final RunKey key;
    private final List<Path> catalogue;

    /**
     * @param catalogue folders whose pipelines this worker serves
     */
    public Authority(RunKey key, List<Path> catalogue) {
        this.key = key;
        this.catalogue = List.copyOf(catalogue);
    }

    /** Workflows that started before this time, in milliseconds since 1970, have no ticket. */
    public long since() {
        return key.since();
    }

    /** The id of the accepted key that made a run's ticket; null when none did. */
    public static @Nullable String ticketKey(RunKey key, RunRef run) {
        RunTicket ticket = run.ticket() == null ? null : RunTicket.parse(run.ticket());
        return ticket == null ? null : ticket.maker(key, run);
    }

    /** Adds a ticket to a run whose file was just read. */
    public ResolvedPipeline admitted(ResolvedPipeline read) {
        RunRef run = read.run();
        return new ResolvedPipeline(
                run.withTicket(RunTicket.of(key, run, read.spec()).text()), read.spec(), read.share());
    }

    /**
     * Checks that one of this installation's workers read the run's file, and that the file
     * contains these blocks.
     *
     * @param blocks records of the spec
     * @throws StageProblem POLICY_DENIED with the reason
     */
    public void check(RunRef run, List<Object> blocks) throws IOException {
        String shown = run.ticket();
        if (shown == null) {
            throw denied(
                    "run %s has no ticket: a stage cannot run alone, because its run reads the pipeline file first. Start the pipeline (workflow type Pipeline); continue a run of an earlier version with `septet resume`"
                            .formatted(plain(run.runId())));
        }
        RunTicket ticket = RunTicket.parse(shown);
        if (ticket == null || !ticket.fits(key, run)) {
            throw denied(
                    "the ticket of run %s does not match its pipeline, folder and file, or was made with another key. Workers of several machines share the key file that %s names; after a change of the key, continue a run with `septet resume`"
                            .formatted(plain(run.runId()), Setting.RUN_KEY_FILE.variable()));
        }
        for (Object block : blocks) {
            if (!ticket.holds(block)) {
                throw denied("this is not the `%s` that run %s read from its file"
                        .formatted(RunTicket.word(block), plain(run.runId())));
            }
            if (block instanceof PipelineSpec whole && !SpecDigest.of(whole).equals(run.specDigest())) {
                throw denied("run %s read another pipeline file".formatted(plain(run.runId())));
            }
        }
        checkFolder(run);
    }

    /**
     * Checks that this worker serves the run's folder, if the folder exists here.
     *
     * @throws StageProblem POLICY_DENIED when the folder exists but is not served
     */
    public void checkFolder(RunRef run) throws IOException {
        try {
            Path folder = Path.of(run.folder());
            if (!Files.exists(folder)) {
                return; // on another machine; nothing can be read from it here
            }
            Path real = folder.toRealPath();
            for (Path root : catalogue) {
                if (Files.isDirectory(root) && real.startsWith(root.toRealPath())) {
                    return;
                }
            }
        } catch (InvalidPathException none) {
            // falls through to the refusal
        }
        throw denied("folder '%s' is not one that this worker serves; it serves %s"
                .formatted(
                        plain(run.folder()),
                        catalogue.stream().map(Path::toString).collect(Collectors.joining(", "))));
    }

    /** The evaluation report with a seal. */
    public EvaluationReport sealed(EvaluateRequest request, EvaluationReport report) {
        return report.sealed(
                Seals.gate(request.run(), request.checkpoint(), report).by(key));
    }

    /** The export with a seal. */
    public ExportRef sealed(DeployRequest request, ExportRef export) {
        return export.sealed(
                Seals.export(request.run(), request.checkpoint(), export).by(key));
    }

    /** The checked answer with a seal. */
    public CheckedAnswer sealed(AnswerRequest request, CheckedAnswer checked) {
        ApprovalRequest question = request.question();
        return checked.sealed(Seals.answer(
                        request.run(),
                        checked.person(),
                        question.role(),
                        request.approves(),
                        checked.signed(),
                        question.artifact(),
                        question.report())
                .by(key));
    }

    /** The publication with a seal. */
    public Publication sealed(DeployRequest request, Publication publication) {
        return publication.sealed(Seals.publication(request.run(), request.checkpoint(), publication)
                .by(key));
    }

    /**
     * Prepares an earlier run's results for reuse in this run. A verdict that was not given by an
     * evaluation of that run is left out, so that the model is evaluated again.
     *
     * @param earlierRun run id of the earlier run
     */
    public PipelineReport resealed(ResolvedPipeline present, String earlierRun, PipelineReport results) {
        EvaluationReport report = results.evaluation();
        var trained = results.checkpoint();
        if (report == null) {
            return results;
        }
        RunRef run = present.run();
        RunRef earlier = new RunRef(run.pipeline(), earlierRun, run.folder(), run.specDigest());
        boolean genuine =
                trained != null && Seals.gate(earlier, trained, report).fits(key, report.seal());
        return new PipelineReport(
                results.run(),
                results.dataset(),
                results.model(),
                results.setup(),
                trained,
                genuine && trained != null
                        ? report.sealed(Seals.gate(run, trained, report).by(key))
                        : null,
                genuine ? results.deployment() : null,
                results.monitorId(),
                results.sources());
    }

    /**
     * Checks that this run's gate passed the exported model, and that the required people approved
     * it.
     *
     * @throws StageProblem POLICY_DENIED when the gate or the people did not, or not for these
     *     bytes
     */
    public void mayPublish(DeployRequest request, ExportRef export, List<Approval> approvals) {
        checkGate(request);
        if (!Seals.export(request.run(), request.checkpoint(), export).fits(key, export.seal())) {
            throw denied("model %s is not what run %s exported: nothing is published"
                    .formatted(
                            plain(export.artifact().sha256()),
                            plain(request.run().runId())));
        }
        checkPeople(request, export, approvals);
    }

    private void checkPeople(DeployRequest request, ExportRef export, List<Approval> approvals) {
        ApprovalSpec approvalSpec = request.spec().approval();
        if (approvalSpec == null) {
            return;
        }
        Set<String> people = new HashSet<>();
        for (Approval answer : approvals) {
            String person = PersonName.of(answer.approver());
            Seals seal = Seals.answer(
                    request.run(),
                    person,
                    approvalSpec.from(),
                    true,
                    answer.signed(),
                    export.artifact().sha256(),
                    request.evaluation().artifact().sha256());
            if (answer.approved() && seal.fits(key, answer.seal())) {
                people.add(person);
            }
        }
        if (people.size() < approvalSpec.quorum()) {
            throw denied(String.format(
                    Locale.ROOT,
                    "model %s of run %s has %d approvals by %s, but needs %d: nothing is published",
                    plain(export.artifact().sha256()),
                    plain(request.run().runId()),
                    people.size(),
                    approvalSpec.from(),
                    approvalSpec.quorum()));
        }
    }

    /**
     * Checks that this run uploaded the publication to its targets.
     *
     * @throws StageProblem POLICY_DENIED when it did not
     */
    public void mayMove(DeployRequest request, Publication publication) {
        checkGate(request);
        if (!Seals.publication(request.run(), request.checkpoint(), publication).fits(key, publication.seal())) {
            throw denied("model %s is not what run %s published, so no alias and no route was changed"
                    .formatted(
                            plain(publication.artifact().sha256()),
                            plain(request.run().runId())));
        }
    }

    private void checkGate(DeployRequest request) {
        EvaluationReport report = request.evaluation();
        if (!Seals.gate(request.run(), request.checkpoint(), report).fits(key, report.seal())) {
            throw denied(
                    "the verdict %s is not one that the evaluation of run %s gave for this model: nothing is published"
                            .formatted(report.verdict(), plain(request.run().runId())));
        }
        if (report.verdict() != Verdict.GO) {
            throw denied("the gate of run %s has the verdict %s: nothing is published"
                    .formatted(plain(request.run().runId()), report.verdict()));
        }
    }

    private static StageProblem denied(String reason) {
        return new StageProblem(FailureType.POLICY_DENIED, reason);
    }

    /** Makes external text short and printable for a message. */
    private static String plain(String text) {
        String plain = text.replaceAll("\\p{C}", "?");
        return plain.length() <= 120 ? plain : plain.substring(0, 120) + "...";
    }
}
