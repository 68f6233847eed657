package dev.heddle.agents.examples;

import dev.heddle.agents.Tool;
import dev.heddle.agents.ToolFailure;
import dev.heddle.event.Json;
import java.math.BigDecimal;
import java.math.MathContext;

/** The planner's calculator: {@code + - * /} and brackets over decimal numbers, parsed by recursive descent. */
final class Calculator {

    static final String TOOL = "calculator";

    private final String expression;
    private int at;

    private Calculator(String expression) {
        this.expression = expression.replace(" ", "");
    }

    /** The calculator as a tool. It has no effect, so it may be called again after a takeover. */
    static Tool tool() {
        String parameters = """
                {"type":"object","required":["expression"],"properties":{"expression":{"type":"string","maxLength":1000}}}""";
        return Tool.of(TOOL, Json.parseObject(parameters), Calculator::call).repeatable();
    }

    private static String call(Tool.Call call) throws ToolFailure {
        try {
            return evaluate(call.arguments().path("expression").asText());
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ToolFailure(String.valueOf(e.getMessage()));
        }
    }

    /**
     * @return the value without trailing zeros
     * @throws IllegalArgumentException if it is no expression
     * @throws ArithmeticException on division by zero
     */
    static String evaluate(String expression) {
        Calculator calculator = new Calculator(expression);
        BigDecimal value = calculator.sum();
        if (calculator.at < calculator.expression.length()) {
            throw calculator.unexpected();
        }
        return value.stripTrailingZeros().toPlainString();
    }

    private BigDecimal sum() {
        BigDecimal value = product();
        while (true) {
            if (accept('+')) {
                value = value.add(product());
            } else if (accept('-')) {
                value = value.subtract(product());
            } else {
                return value;
            }
        }
    }

    private BigDecimal product() {
        BigDecimal value = factor();
        while (true) {
            if (accept('*')) {
                value = value.multiply(factor());
            } else if (accept('/')) {
                value = value.divide(factor(), MathContext.DECIMAL64);
            } else {
                return value;
            }
        }
    }

    private BigDecimal factor() {
        if (accept('-')) {
            return factor().negate();
        } else if (accept('(')) {
            BigDecimal value = sum();
            if (!accept(')')) {
                throw unexpected();
            }
            return value;
        }
        int begin = at;
        while (at < expression.length() && (Character.isDigit(expression.charAt(at)) || expression.charAt(at) == '.')) {
            at++;
        }
        if (begin == at) {
            throw unexpected();
        }
        return new BigDecimal(expression.substring(begin, at));
    }

    private boolean accept(char expected) {
        if (at < expression.length() && expression.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException("not an expression at character " + (at + 1));
    }
}
