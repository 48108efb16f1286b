(declare-const x Int)
(assert (> x x))
(check-sat)
