package dev.septet.activities.identity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.operator.OperatorFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code identity} of the operator's file: a provider of OpenID Connect, and which of its groups may answer in
 * which role.
 *
 * @param issuer the provider's address, as its tokens name it
 * @param client the client id of Septet at the provider; tokens must be for this client
 * @param name the claim with the person's name
 * @param groups the claim with the person's groups
 * @param roles groups by role
 */
public record IdentityProvider(URI issuer, String client, String name, String groups, Map<String, List<String>> roles) {
    private static final String AT = "identity";
    private static final Pattern WORD = Pattern.compile("\\S{1,200}");

    public IdentityProvider {
        roles = Map.copyOf(roles);
    }

    /** Whether a person is in a group that the operator allows for a role. */
    public boolean has(IdTokens.Person person, String role) {
        List<String> allowed = roles.getOrDefault(role, List.of());
        return person.groups().stream().anyMatch(allowed::contains);
    }

    /**
     * Reads the section.
     *
     * @return null if there is no operator's file, or no such section in it
     * @throws StageProblem POLICY_DENIED with file and name when the section is wrong
     */
    public static @Nullable IdentityProvider of(Map<String, String> environment) {
        Path path = OperatorFile.named(environment);
        return path == null ? null : of(new OperatorFile(path));
    }

    private static @Nullable IdentityProvider of(OperatorFile file) {
        JsonNode json = file.root().path(AT);
        if (json.isMissingNode()) {
            return null;
        }
        file.object(json, AT, "issuer", "client", "name", "groups", "roles");
        URI issuer = file.address(AT, "issuer", file.text(json, AT, "issuer"), "https://login.example/realms/team");
        String client = file.text(json, AT, "client");
        if (client == null || !WORD.matcher(client).matches()) {
            throw file.wrong(AT, "client", "the client id of Septet at the provider");
        }
        JsonNode roles = json.path("roles");
        if (!roles.isObject() || roles.isEmpty()) {
            throw file.wrong(AT, "roles", "groups by role, such as `roles: {ml-oncall: [llm-leads]}`");
        }
        Map<String, List<String>> groups = new TreeMap<>();
        for (Iterator<String> names = roles.fieldNames(); names.hasNext(); ) {
            String role = names.next();
            groups.put(role, List.copyOf(file.texts(roles, AT + ": roles", role, List.of())));
        }
        return new IdentityProvider(
                issuer,
                client,
                Objects.requireNonNullElse(file.text(json, AT, "name"), "email"),
                Objects.requireNonNullElse(file.text(json, AT, "groups"), "groups"),
                groups);
    }
}
