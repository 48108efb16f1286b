; Bookkeeping: transfers between accounts, holds, splitting and rounding of
; amounts, change in coins, exchange and shares. Amounts are whole cents. The
; goals ask two questions: can money appear or disappear, and can a balance
; get a forbidden value?
(set-logic ALL)
; a book maps account numbers to balances
(define-sort Book () (Array Int Int))
(declare-const book Book)
(declare-const from Int)
(declare-const to Int)
(declare-const amount Int)
; withdraw, then read the second balance again and deposit
(define-fun transfer ((b Book) (f Int) (t Int) (m Int)) Book
  (let ((c (store b f (- (select b f) m)))) (store c t (+ (select c t) m))))
(define-fun guarded ((b Book) (f Int) (t Int) (m Int)) Book
  (ite (and (>= m 0) (>= (select b f) m)) (transfer b f t m) b))
; a bank with three accounts
(define-fun total ((b Book)) Int (+ (select b 1) (select b 2) (select b 3)))
(define-fun account ((k Int)) Bool (and (<= 1 k) (<= k 3)))
(define-fun nobody-below-zero ((b Book)) Bool
  (and (>= (select b 1) 0) (>= (select b 2) 0) (>= (select b 3) 0)))
; a fraction of an amount, rounded half up
(define-fun percent ((m Int) (p Int)) Int (div (+ (* p m) 50) 100))

; --- transfers ---

(push 1)
(set-info :goal "a transfer keeps the total of the bank")
(set-info :status unsat)
(assert (and (account from) (account to)))
(assert (not (= (total (transfer book from to amount)) (total book))))
(check-sat)
(pop 1)

; False on purpose: with both balances read first, a transfer to oneself makes money.
(push 1)
(set-info :goal "a transfer that reads both balances first keeps the total")
(set-info :status sat)
(define-fun stale () Book
  (let ((old-from (select book from)) (old-to (select book to)))
    (store (store book from (- old-from amount)) to (+ old-to amount))))
(assert (and (account from) (account to)))
(assert (not (= (total stale) (total book))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "reading both balances first is safe between different accounts")
(set-info :status unsat)
(define-fun stale () Book
  (let ((old-from (select book from)) (old-to (select book to)))
    (store (store book from (- old-from amount)) to (+ old-to amount))))
(assert (distinct from to))
(assert (not (= stale (transfer book from to amount))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "a transfer to oneself changes nothing")
(set-info :status unsat)
(assert (not (= (transfer book from from amount) book)))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "a transfer leaves all other accounts alone")
(set-info :status unsat)
(declare-const k Int)
(assert (and (distinct k from) (distinct k to)))
(assert (not (= (select (transfer book from to amount) k) (select book k))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "sending the amount back restores the book")
(set-info :status unsat)
(assert (not (= (transfer (transfer book from to amount) to from amount) book)))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "two unconditional transfers can be booked in either order")
(set-info :status unsat)
(declare-const from2 Int) (declare-const to2 Int) (declare-const amount2 Int)
(declare-const k Int)
(assert (not (= (select (transfer (transfer book from to amount) from2 to2 amount2) k)
                (select (transfer (transfer book from2 to2 amount2) from to amount) k))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "two transfers of the same pair can be netted")
(set-info :status unsat)
(declare-const amount2 Int)
(declare-const k Int)
(assert (not (= (select (transfer (transfer book from to amount) from to amount2) k)
                (select (transfer book from to (+ amount amount2)) k))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "a guarded transfer never overdraws and keeps the total")
(set-info :status unsat)
(assert (and (account from) (account to) (nobody-below-zero book)))
(define-fun after () Book (guarded book from to amount))
(assert (not (and (nobody-below-zero after) (= (total after) (total book)))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "no account of a bank without debts holds more than the total")
(set-info :status unsat)
(declare-const k Int)
(assert (and (account k) (nobody-below-zero book)))
(assert (not (<= (select book k) (total book))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "a payment with its number remembered is booked once")
(set-info :status unsat)
; seen says which payment numbers were booked; booking again does nothing
(declare-const seen (Array Int Bool))
(declare-const number Int)
(define-fun book1 () Book (ite (select seen number) book (transfer book from to amount)))
(define-fun seen1 () (Array Int Bool) (store seen number true))
(define-fun book2 () Book (ite (select seen1 number) book1 (transfer book1 from to amount)))
(assert (not (= book2 book1)))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "a journal entry with equal debits and credits keeps the books balanced")
(set-info :status unsat)
(declare-const debits Int) (declare-const credits Int)
(declare-const d1 Int) (declare-const d2 Int) (declare-const c1 Int)
(assert (and (= debits credits) (= (+ d1 d2) c1)))
(assert (not (= (+ debits d1 d2) (+ credits c1))))
(check-sat)
(pop 1)

; --- holds and limits ---

(push 1)
(set-info :goal "card holds never let the available amount go below zero")
(set-info :status unsat)
(declare-const balance Int) (declare-const held Int) (declare-const part Int)
(define-fun holds-ok ((b Int) (h Int)) Bool (and (<= 0 h) (<= h b)))
(assert (and (holds-ok balance held) (>= amount 0)))
(assert (not (and
  ; place a hold that is covered; capture part of a hold of this amount; release it
  (=> (<= amount (- balance held)) (holds-ok balance (+ held amount)))
  (=> (and (<= amount held) (<= 0 part) (<= part amount))
      (holds-ok (- balance part) (- held amount)))
  (=> (<= amount held) (holds-ok balance (- held amount))))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "stock stays equal to available plus reserved plus sold")
(set-info :status unsat)
(declare-const free Int) (declare-const reserved Int) (declare-const sold Int)
(declare-const stock Int)
(define-fun stock-ok ((f Int) (r Int) (s Int)) Bool
  (and (>= f 0) (>= r 0) (>= s 0) (= (+ f r s) stock)))
(assert (and (stock-ok free reserved sold) (> amount 0)))
(assert (not (and (=> (>= free amount) (stock-ok (- free amount) (+ reserved amount) sold))
                  (=> (>= reserved amount) (stock-ok free (- reserved amount) (+ sold amount)))
                  (=> (>= reserved amount) (stock-ok (+ free amount) (- reserved amount) sold)))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "daily limit holds whatever is spent in whatever order")
(set-info :status unsat)
(declare-const spent Int) (declare-const limit Int) (declare-const second Int)
(define-fun spend ((s Int) (m Int)) Int (ite (and (> m 0) (<= (+ s m) limit)) (+ s m) s))
(assert (and (<= 0 spent) (<= spent limit)))
(define-fun after () Int (spend (spend spent amount) second))
(assert (not (and (<= spent after) (<= after limit))))
(check-sat)
(pop 1)

; --- splitting and rounding ---

(push 1)
(set-info :goal "a bill split among seven adds up and the shares differ by one cent at most")
(set-info :status unsat)
; the first (amount mod 7) people pay one cent more
(declare-const p Int) (declare-const q Int)
(define-fun share ((k Int)) Int (+ (div amount 7) (ite (< k (mod amount 7)) 1 0)))
(assert (and (>= amount 0) (<= 0 p) (< p 7) (<= 0 q) (< q 7)))
(assert (not (and
  (= amount (+ (share 0) (share 1) (share 2) (share 3) (share 4) (share 5) (share 6)))
  (<= (- (share p) (share q)) 1))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "splitting by percentages rounded down leaves less than a cent per part")
(set-info :status unsat)
(define-fun part ((p Int)) Int (div (* p amount) 100))
(define-fun rest () Int (- amount (part 50) (part 30) (part 20)))
(assert (>= amount 0))
(assert (not (and (<= 0 rest) (< rest 3))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "tax rounded half up is off by half a cent at most")
(set-info :status unsat)
(define-fun tax () Int (percent amount 19))
(assert (not (and (<= (- (* 100 tax) (* 19 amount)) 50) (< (- (* 19 amount) (* 100 tax)) 50))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "tax on three lines and tax on their sum differ by two cents at most")
(set-info :status unsat)
(declare-const a Int) (declare-const b Int)
(define-fun gap () Int
  (- (+ (percent amount 19) (percent a 19) (percent b 19)) (percent (+ amount a b) 19)))
(assert (not (and (<= (- 2) gap) (<= gap 2))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "net price comes back from the gross price")
(set-info :status unsat)
(define-fun gross () Int (+ amount (percent amount 19)))
; nearest to gross * 100 / 119
(define-fun net () Int (div (+ (* 200 gross) 119) 238))
(assert (not (= net amount)))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "rounding ties to even gives an even cent and a nearest cent")
(set-info :status unsat)
; amount is in tenths of a cent
(define-fun low () Int (div amount 10))
(define-fun rest () Int (mod amount 10))
(define-fun r () Int
  (ite (> rest 5) (+ low 1) (ite (< rest 5) low (ite (= (mod low 2) 0) low (+ low 1)))))
(assert (not (and (<= (- (* 10 r) amount) 5) (<= (- amount (* 10 r)) 5)
                  (=> (= rest 5) (= (mod r 2) 0)))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "cash rounding to five cents is off by two at most and keeps multiples")
(set-info :status unsat)
(define-fun r () Int (* 5 (div (+ amount 2) 5)))
(assert (not (and (<= (- r amount) 2) (<= (- amount r) 2)
                  (=> (= (mod amount 5) 0) (= r amount)))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "coins of five, two and one: greedy change uses the fewest coins")
(set-info :status unsat)
; any other way to pay the same amount
(declare-const fives Int) (declare-const twos Int) (declare-const ones Int)
(define-fun rest () Int (mod amount 5))
(define-fun greedy () Int (+ (div amount 5) (div rest 2) (mod rest 2)))
(assert (and (>= amount 0) (>= fives 0) (>= twos 0) (>= ones 0)))
(assert (= amount (+ (* 5 fives) (* 2 twos) ones)))
(assert (not (<= greedy (+ fives twos ones))))
(check-sat)
(pop 1)

; --- exchange and shares ---

(push 1)
(set-info :goal "changing money there and back, rounded down, never gains")
(set-info :status unsat)
; 1.0837 for one
(define-fun there () Int (div (* 10837 amount) 10000))
(define-fun back () Int (div (* 10000 there) 10837))
(assert (>= amount 0))
(assert (not (and (<= back amount) (<= (- amount back) 1))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "a product exchange rounded in favour of the pool never drains it")
(set-info :status unsat)
; x and y are the reserves, dx comes in, dy = floor(y * dx / (x + dx)) goes out
(declare-const x Int) (declare-const y Int) (declare-const dx Int) (declare-const dy Int)
(assert (and (> x 0) (> y 0) (>= dx 0) (>= dy 0)))
(assert (<= (* dy (+ x dx)) (* y dx)))
(assert (not (>= (* (+ x dx) (- y dy)) (* x y))))
(check-sat)
(pop 1)

(push 1)
(set-info :goal "a fund share bought and sold at rounded-down prices never gains")
(set-info :status unsat)
; a thousand shares stand for seven hundred cents
(define-fun shares () Int (div (* 1000 amount) 700))
(define-fun back () Int (div (* 700 shares) 1000))
(assert (>= amount 0))
(assert (not (<= back amount)))
(check-sat)
(pop 1)
