package dev.herald.server.mail;

import io.pebbletemplates.pebble.node.ArgumentsNode;
import io.pebbletemplates.pebble.node.BodyNode;
import io.pebbletemplates.pebble.node.IfNode;
import io.pebbletemplates.pebble.node.Node;
import io.pebbletemplates.pebble.node.PrintNode;
import io.pebbletemplates.pebble.node.RenderableNode;
import io.pebbletemplates.pebble.node.RootNode;
import io.pebbletemplates.pebble.node.TestInvocationExpression;
import io.pebbletemplates.pebble.node.TextNode;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.node.expression.ContextVariableExpression;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.node.expression.FilterInvocationExpression;
import io.pebbletemplates.pebble.node.expression.LiteralBooleanExpression;
import io.pebbletemplates.pebble.node.expression.LiteralIntegerExpression;
import io.pebbletemplates.pebble.node.expression.LiteralLongExpression;
import io.pebbletemplates.pebble.node.expression.LiteralNullExpression;
import io.pebbletemplates.pebble.node.expression.LiteralStringExpression;
import io.pebbletemplates.pebble.node.expression.TernaryExpression;
import io.pebbletemplates.pebble.node.expression.UnaryExpression;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks a parsed template, its branches that a sample wouldn't run too, and refuses variables that don't exist. A mail's
 * template may print variables, with filters, and choose with if; anything else of the language (functions, includes,
 * attributes, raw) is refused, since its faults would only show when a mail is rendered.
 */
final class TemplateCheck {
    private static final List<Class<? extends Expression<?>>> LITERALS = List.of(
            LiteralStringExpression.class,
            LiteralBooleanExpression.class,
            LiteralIntegerExpression.class,
            LiteralLongExpression.class,
            LiteralNullExpression.class);

    private static final Set<String> FILTERS =
            Set.of("abbreviate", "capitalize", "default", "escape", "lower", "replace", "title", "trim", "upper");
    private static final Set<String> TESTS = Set.of("empty", "null");

    private final String file;
    private final Set<String> variables;

    TemplateCheck(String file, Set<String> variables) {
        this.file = file;
        this.variables = variables;
    }

    void check(RenderableNode node) {
        if (node instanceof RootNode root) {
            check(root.getBody());
        } else if (node instanceof BodyNode body) {
            body.getChildren().forEach(this::check);
        } else if (node instanceof PrintNode print) {
            checkExpression(print.getExpression());
        } else if (node instanceof IfNode choice) {
            checkChoice(choice);
        } else if (!(node instanceof TextNode)) {
            throw unsupported(0, node);
        }
    }

    private void checkChoice(IfNode choice) {
        choice.getConditionsWithBodies().forEach(branch -> {
            checkExpression(branch.getLeft());
            check(branch.getRight());
        });
        if (choice.getElseBody() != null) {
            check(choice.getElseBody());
        }
    }

    private void checkExpression(Expression<?> expression) {
        int line = expression.getLineNumber();
        if (expression instanceof ContextVariableExpression variable) {
            require(variables.contains(variable.getName()), line, "unknown variable " + variable.getName());
        } else if (expression instanceof BinaryExpression<?> binary) {
            checkExpression(binary.getLeftExpression());
            checkExpression(binary.getRightExpression());
        } else if (expression instanceof UnaryExpression unary) {
            checkExpression(unary.getChildExpression());
        } else if (expression instanceof TernaryExpression ternary) {
            checkExpression(ternary.getExpression1());
            checkExpression(ternary.getExpression2());
            checkExpression(ternary.getExpression3());
        } else if (expression instanceof FilterInvocationExpression filter) {
            String name = filter.getFilterName();
            require(FILTERS.contains(name), line, "unknown filter " + name);
            checkArguments(filter.getArgs());
        } else if (expression instanceof TestInvocationExpression test) {
            require(TESTS.contains(test.getTestName()), line, "unknown test " + test.getTestName());
            checkArguments(test.getArgs());
        } else if (LITERALS.stream().noneMatch(literal -> literal.isInstance(expression))) {
            throw unsupported(line, expression);
        }
    }

    private void checkArguments(@Nullable ArgumentsNode arguments) {
        // Pebble has null where there are no arguments of a sort.
        if (arguments != null && arguments.getNamedArgs() != null) {
            arguments.getNamedArgs().forEach(argument -> checkExpression(argument.getValueExpression()));
        }
        if (arguments != null && arguments.getPositionalArgs() != null) {
            arguments.getPositionalArgs().forEach(argument -> checkExpression(argument.getValueExpression()));
        }
    }

    private void require(boolean holds, int line, String fault) {
        if (!holds) {
            throw new TemplateException(file, line, fault);
        }
    }

    private TemplateException unsupported(int line, Node node) {
        String what = node.getClass().getSimpleName().replaceFirst("(Node|Expression)$", "");
        return new TemplateException(
                file, line, "a mail's template may print variables and choose with if; this is: " + what);
    }
}
