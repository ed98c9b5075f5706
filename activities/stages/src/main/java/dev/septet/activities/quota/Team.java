package dev.septet.activities.quota;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.activities.operator.OperatorName;
import dev.septet.workflows.quota.TeamShare;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * A team as the operator of the workers declares it.
 *
 * @param weight its weight among the teams whose work has the same priority
 * @param pipelines the pipelines that may name it; {@code *} is any
 */
public record Team(String name, double weight, List<String> pipelines, List<Quota> quotas) {
    private static final double LEAST = 0.001;
    private static final double MOST = 1000;

    public Team {
        pipelines = List.copyOf(pipelines);
        quotas = List.copyOf(quotas);
    }

    /** A team that the file does not declare: its use is counted, and not limited. */
    static Team undeclared(String name) {
        return new Team(name, 1, List.of("*"), List.of());
    }

    static Team of(OperatorFile file, String at, JsonNode json) {
        file.object(json, at, "pipelines", "weight", "timezone", "quotas");
        Double weight = file.number(json, at, "weight");
        if (weight != null && !(weight >= LEAST && weight <= MOST)) {
            throw file.wrong(at, "weight", "a number from 0.001 to 1000");
        }
        ZoneId zone = Quota.zone(file, at, json);
        JsonNode list = json.path("quotas");
        if (!list.isMissingNode() && !list.isArray()) {
            throw file.wrong(at, "quotas", "a list such as [{gpuHours: 40, per: week}]");
        }
        List<Quota> quotas = new ArrayList<>();
        for (JsonNode one : list) {
            quotas.add(Quota.of(file, at, one, zone));
        }
        return new Team(
                at.substring(at.lastIndexOf(' ') + 1),
                weight == null ? 1 : weight,
                OperatorName.pipelines(file, json, at),
                quotas);
    }

    /** What runs of the team carry with them. */
    public TeamShare share() {
        return new TeamShare(weight, !quotas.isEmpty());
    }
}
