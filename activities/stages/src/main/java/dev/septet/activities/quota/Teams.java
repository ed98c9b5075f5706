package dev.septet.activities.quota;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.operator.OperatorName;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.quota.TeamShare;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The teams of the operator's file. It is read again for each question, so that a change takes effect without a restart.
 *
 * @param file the operator's file; null = none is set
 */
public record Teams(@Nullable Path file) {
    /** No teams. */
    public static final Teams NONE = new Teams(null);

    /** As the environment says. */
    public static Teams of(Map<String, String> environment) {
        return new Teams(OperatorFile.named(environment));
    }

    /**
     * The declared teams by name; empty when use is not counted.
     *
     * @throws StageProblem POLICY_DENIED with file and line when the file cannot be read
     */
    public Map<String, Team> all() {
        return file == null
                ? Map.of()
                : OperatorName.section(new OperatorFile(file), "teams", PipelineSpec.NAME_PATTERN, Team::of);
    }

    /**
     * The team of a pipeline; empty where the operator declares no teams, so that nothing is counted.
     *
     * @throws StageProblem POLICY_DENIED when the pipeline names a team that is not declared, or that it may not name
     */
    public Optional<Team> of(PipelineSpec spec) {
        Map<String, Team> all = all();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        String name = spec.team();
        if (name == null) {
            Team standard = all.get(TeamShare.DEFAULT_TEAM);
            return Optional.of(standard == null ? Team.undeclared(TeamShare.DEFAULT_TEAM) : standard);
        }
        String where = "team '%s'".formatted(name);
        Team team = OperatorName.required(file, all, where, "team", name);
        OperatorName.requirePipeline(file, team.pipelines(), spec.name(), where, "count as this team");
        return Optional.of(team);
    }

    /** The declared team of a name; one without quotas when the operator removed it while a run was in progress. */
    public Team named(String name) {
        return Objects.requireNonNullElse(all().get(name), Team.undeclared(name));
    }
}
