package dev.septet.workers.cli;

import dev.septet.dsl.spec.RedactSpec;

import java.util.List;
import java.util.stream.Stream;

/** The operator's regions whose national phone numbers audit logs and reviewed rows mask too. */
final class PhoneRegions {
    static final String VARIABLE = "SEPTET_PHONE_REGIONS";

    private PhoneRegions() {}

    /**
     * ISO 3166 codes, sorted.
     *
     * @throws CliProblem USAGE naming what is no region
     */
    static List<String> of(Session session) {
        List<String> named =
                Stream.of(session.environment().getOrDefault(VARIABLE, "").split(","))
                        .map(String::strip)
                        .filter(region -> !region.isEmpty())
                        .toList();
        try {
            return RedactSpec.checked(named);
        } catch (IllegalArgumentException unknown) {
            throw new CliProblem(ExitCode.USAGE, VARIABLE + ": " + unknown.getMessage());
        }
    }
}
