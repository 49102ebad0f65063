//! What is told about a run: counts read from test output, one line per stage, the summary.
//!
//! Never: deciding what runs.

use std::time::Duration;

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
}

impl Counts {
    /// Sums the `test result:` lines in a log. Anything else in it is ignored.
    pub fn in_log(log: &str) -> Self {
        let mut counts = Self::default();
        for line in log.lines().filter_map(|line| line.trim().strip_prefix("test result: ")) {
            counts.passed += number_before(line, " passed");
            counts.failed += number_before(line, " failed");
        }
        counts
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split(word).next().unwrap_or_default();
    let digits = before.rsplit(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

/// What a log has to say to whoever watches: who judged what by how many counts, and what they found wrong.
pub fn told(log: &str) -> Vec<&str> {
    let word = |line: &str| line.starts_with("judged: ") || line.starts_with("FAILED ");
    log.lines().filter(|line| word(line)).collect()
}

/// How a stage ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    Passed,
    Failed(String),
    /// Something it builds on failed.
    NotRun(String),
}

/// One line of the summary.
#[derive(Clone, Debug)]
pub struct Result {
    pub stage: &'static str,
    pub verdict: Verdict,
    pub counts: Counts,
    pub took: Duration,
}

impl Result {
    /// A check without tests of its own counts as one, and a failure always counts, whatever was printed before it.
    pub fn new(stage: &'static str, verdict: Verdict, mut counts: Counts, took: Duration) -> Self {
        match verdict {
            Verdict::Passed if counts == Counts::default() => counts.passed = 1,
            Verdict::Failed(_) if counts.failed == 0 => counts.failed = 1,
            Verdict::Passed | Verdict::Failed(_) | Verdict::NotRun(_) => {}
        }
        Self { stage, verdict, counts, took }
    }

    pub fn good(&self) -> bool {
        self.verdict == Verdict::Passed
    }
}

/// The table over all stages; its last line reads `N passed, N failed`.
pub fn summary(results: &[Result]) -> String {
    let mut text = String::new();
    let mut sum = Counts::default();
    for result in results {
        let (word, why) = match &result.verdict {
            Verdict::Passed => ("ok", ""),
            Verdict::Failed(why) => ("FAILED", first_line(why)),
            Verdict::NotRun(why) => ("NOT RUN", first_line(why)),
        };
        let Counts { passed, failed } = result.counts;
        let took = seconds(result.took);
        let line = format!(
            "  {:<13} {word:<8} {passed:>5} passed {failed:>4} failed {took:>9}  {why}",
            result.stage
        );
        text.push_str(line.trim_end());
        text.push('\n');
        sum.add(result.counts);
    }
    let Counts { passed, failed } = sum;
    format!("{text}\n{passed} passed, {failed} failed")
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A duration to a tenth of a second.
pub fn seconds(took: Duration) -> String {
    format!("{}.{} s", took.as_secs(), took.subsec_millis() / 100)
}

/// "1 fault", "2 faults".
pub fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// The last lines of a log, for whoever has to mend what failed.
pub fn tail(log: &str, lines: usize) -> String {
    let all: Vec<&str> = log.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(log: &str, passed: u64, failed: u64) {
        assert_eq!(Counts::in_log(log), Counts { passed, failed });
    }

    #[test]
    fn counts_are_the_sum_of_the_result_lines() {
        check("", 0, 0);
        check("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n", 12, 0);
        check("test result: FAILED. 3 passed; 2 failed; 0 ignored", 3, 2);
        check(
            "x\ntest result: ok. 1 passed; 0 failed\ntest result: ok. 2 passed; 1 failed\n",
            3,
            1,
        );
        check("9 passed in another way", 0, 0);
    }

    #[test]
    fn what_a_log_has_to_say_stands_on_lines_of_its_own() {
        let log = "running 2 tests\njudged: a: 3 b\nnot judged: c\nFAILED story: what: why\n";
        assert_eq!(told(log), ["judged: a: 3 b", "FAILED story: what: why"]);
    }

    #[test]
    fn a_stage_without_tests_counts_as_one_and_a_failure_is_never_lost() {
        let counts = |verdict| Result::new("s", verdict, Counts::default(), Duration::ZERO).counts;
        assert_eq!(counts(Verdict::Passed), Counts { passed: 1, failed: 0 });
        assert_eq!(counts(Verdict::Failed(String::new())), Counts { passed: 0, failed: 1 });
        assert_eq!(counts(Verdict::NotRun(String::new())), Counts::default());
        let crashed = Counts { passed: 4, failed: 0 };
        let result = Result::new("s", Verdict::Failed("signal".into()), crashed, Duration::ZERO);
        assert_eq!(result.counts, Counts { passed: 4, failed: 1 });
    }

    #[test]
    fn the_summary_ends_with_the_sum_alone_on_its_line() {
        let stage = |verdict, passed, failed| {
            Result::new("s", verdict, Counts { passed, failed }, Duration::from_millis(1_250))
        };
        let text =
            summary(&[stage(Verdict::Passed, 7, 0), stage(Verdict::Failed("x".into()), 1, 2)]);
        assert!(text.contains("7 passed    0 failed     1.2 s"), "{text}");
        assert_eq!(text.lines().last(), Some("8 passed, 2 failed"));
    }
}
