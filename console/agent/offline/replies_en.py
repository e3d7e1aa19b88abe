"""What the brain says in English."""

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, str]] = {
    # asking
    "ask_recipient": "Whom shall I send {amount} to?",
    "ask_recipient_amount": "Sure. Whom shall I send money to, and how much?",
    "ask_amount": "How much shall I send to {who}?",
    "ask_amount_own": "How much shall I move to {who}?",
    "one_at_a_time": "I do one thing at a time: this first; ask me for the rest afterwards.\n",
    "ask_which_first": "I do one thing at a time. What shall I do first? Tell me only that.",
    "ask_which_person": "Whom do you mean by “{said}”?\n{people}\nTell me the number or the name.",
    "ask_only_person": "By “{said}”, do you mean {person}? Say “yes”, or tell me who.",
    "ask_person_unknown": "I found no “{said}” among your beneficiaries. Whom shall I send it to? "
    "Say “who can I send money to” to see your list.",
    "ask_one_person": "I make one transfer at a time. Whom shall I send to first, and how much?",
    "ask_source": "From which account?\n{accounts}",
    "ask_account": "With which account?\n{accounts}",
    "ask_own_destination": "To which of your accounts?\n{accounts}",
    "no_account_of_type": "You have no {account}.",
    "ask_order": "I am not sure that you are asking me to. Shall I send {amount} to {who}? Say "
    "“yes” "
    "and I will show you the details before doing it.",
    "ask_order_amount": "Shall I send money to {who}? Say “yes” and I will ask you for the rest.",
    "ask_duty": "Shall I make that transfer? Tell me to whom and how much.",
    "ask_product": "Which product? Tell me what you are looking for, for example: “I want a TV”.",
    "ask_none_shown": "I have not shown you any product yet. What are you looking for? For "
    "example: “I want a TV”.",
    "none_shown": "There is nothing to buy yet, so I did nothing. Tell me the name of what you are "
    "looking for.",
    "ask_which_product": "Which of these?\n{products}",
    "ask_benefit": "With which benefit do you buy {product}?\n{options}\nOr say “without "
    "benefits”.",
    "ask_msi_account": "Installments are paid with a credit card. Shall I charge your card, or "
    "buy it "
    "without installments?",
    "ask_other": "{product} is sold out. Do you want another product?",
    "ask_fewer": "There are only {count} of {product}. How many do you want?",
    "ask_count": "How many of {product} exactly? Tell me a number from 1 to 100.",
    "ask_buy": "Shall I buy {product}? Say “yes” and I will show you the details first.",
    "ask_name": "What is the full name of {who}?",
    "ask_alias": "Under which alias shall I save them? For example: “my cousin”.",
    "ask_beneficiary_account": "What is the account number of {who}?",
    "ask_whom_to_add": "Whom shall I add? Tell me name, alias and account, for example: “add Ana "
    "López as my cousin with account acc-123”.",
    "someone": "that person",
    # amounts in doubt
    "doubt_separator": "I cannot tell whether “{said}” means thousands or cents. How much is it? "
    "Write it like 1500 or 1,500.50.",
    "doubt_malformed": "I do not understand the amount “{said}”. Write it like 1500 or 1,500.50.",
    "doubt_hedge": "I need the exact amount. How much is it?",
    "doubt_range": "You told me more than one amount. How much exactly?",
    "doubt_several": "You told me more than one amount, and I do one thing at a time. How much, "
    "and "
    "for whom?",
    "doubt_negative": "The amount must be greater than zero. How much is it?",
    "doubt_zero": "The amount must be greater than zero. How much is it?",
    "doubt_too_large": "That is more than I can move. How much is it?",
    "doubt_currency": "I move Mexican pesos only. How many pesos is it?",
    "doubt_small": "How many pesos exactly? Please write it in digits.",
    "doubt_unstated": "Tell me the amount in pesos, in digits: I do not work it out for you.",
    "doubt_slang": "I do not know how many pesos “{said}” is. Tell me the amount in digits, for "
    "example: 500.",
    "doubt_percent": "Tell me the amount in pesos, not as a percentage.",
    # money
    "balance_line": "{account}: {balance}",
    "credit_line": "{account}: you owe {owed}, {available} available",
    "not_active": " ({status})",
    "status_inactive": "inactive",
    "status_blocked": "blocked",
    "balance_head": "This is what you have:",
    "no_accounts": "You have no accounts.",
    "would_remain": "If you moved {amount} from your {account}, {left} would be left.",
    "would_not_suffice": "{amount} is more than what is available in your {account}.",
    "transferred": "Done: I sent {amount} to {who} from {source}.",
    "transfer_repeated": "That transfer had already been made: I moved nothing new.",
    "nothing_done": "All right, I did nothing.",
    "nothing_pending": "Nothing is pending; I did nothing.",
    "dropped": "All right, I dropped it. Nothing was done.",
    "movements_head": "Your transactions{which}:",
    "movements_none": "There are no transactions{which}.",
    "movement_line": "{number}. {day}  {sign}{amount}  {what}",
    "sum_debit": "You spent {total}{which}, in {count} transactions.",
    "sum_debit_one": "You spent {total}{which}, in one transaction.",
    "sum_credit": "You received {total}{which}, in {count} transactions.",
    "sum_credit_one": "You received {total}{which}, in one transaction.",
    "sum_none": "I found no {what}{which}.",
    "what_debit": "spending",
    "what_credit": "income",
    "sum_counted": "I count payments, withdrawals and transfers to other people; not what you "
    "moved "
    "between your own accounts.",
    "sum_own": "I do not count what you moved between your own accounts.",
    "sum_partial": "There are more transactions than I could look at: the total is higher.",
    "which_from": " from {who}",
    "which_about": " with “{about}” in the description",
    "dates_unread": "I did not understand which days you mean. Say it like “from Oct 1 to Oct 15”.",
    "which_to": " to {who}",
    "more_available": "There are more: say “more”.",
    "no_more": "There is nothing more to show.",
    "which_account": " of your {account}",
    "which_day": " on {first}",
    "which_days": " from {first} to {last}",
    "which_since": " since {first}",
    "which_until": " until {last}",
    "which_debit": " (money out)",
    "which_credit": " (money in)",
    "type_transfer": "Transfer",
    "type_payment": "Payment",
    "type_deposit": "Deposit",
    "type_withdrawal": "Withdrawal",
    "type_opening": "Opening balance",
    "to_account": "{type} to {account}",
    "from_account": "{type} from {account}",
    # shopping
    "products_head": "I found these:",
    "products_foot": "Tell me which one you want, or ask “which is best in installments?”.",
    "products_none": "I found nothing for “{words}”.",
    "products_none_at_all": "I found no such products.",
    "products_fewer": "There is nothing for “{words}”; for “{fewer}” I found these:",
    "products_category": "There is nothing for “{words}”; this is what the same category has:",
    "products_filtered_none": "I found {count} for “{words}”, but none is as you ask; the cheapest "
    "costs {price}.",
    "product_line": "{number}. {name}, {price}, at {shop}, {stock}",
    "in_stock": "{count} in stock",
    "in_stock_one": "1 left",
    "sold_out": "sold out",
    "compare_head": "These are the payments:",
    "compare_head_some": "I compare only the first {count}; these are the payments:",
    "compare_line": "{number}. {name}, {price} at {shop}: {options}",
    "no_options": "no benefits for you today",
    "option_msi": "{months} installments of {monthly}",
    "option_cashback": "{value} cashback",
    "option_points": "{points} points",
    "recommend_msi": "I recommend {name} in {months} interest-free installments: you pay "
    "{monthly} a "
    "month, the lowest monthly payment.{last} Say “buy it” and I will show you the details first.",
    "recommend_last": " The last one is {last}.",
    "recommend_cashback": "I recommend {name} with cashback: you get {value} back. Say “buy it” "
    "and I "
    "will show you the details first.",
    "recommend_points": "I recommend {name} with points: you get {points}. Say “buy it” and I will "
    "show you the details first.",
    "no_recommendation": "None has a benefit that you can use today. You can buy without one: tell "
    "me which.",
    "price_of_many": "{count} × {price} = {total}",
    "no_instalments": "no installments",
    "ask_other_months": "There is no {benefit} for what you ask about. In installments there "
    "is:\n{options}\nHow do you want to pay? Say, for example, “in 3 months” or “pay in full”.",
    "ask_no_months": "You cannot pay for that with {benefit} today, nor in other installments. Do "
    "you want it without? Say “pay in full”.",
    "no_msi": "None can be paid in installments today.",
    "benefit_unavailable": "{product} cannot be bought with {benefit}. {reason}",
    "bought": "Done! You bought {product} for {total}{benefit}.",
    "bought_benefit": " with {benefit}",
    "purchase_pending": "Your purchase of {product} is registered and its payment is under way. "
    "Ask "
    "me “did my purchase go through?” in a moment.",
    "purchase_repeated": "That purchase had already been made: I bought and charged nothing new.",
    "purchase_failed": "The purchase was not made and nothing was charged. {why}",
    "purchases_head": "Your purchases:",
    "purchases_none": "You have no purchases.",
    "purchase_line": "{number}. {day}  {product}, {quantity}  {total}  {status}",
    "pieces_one": "1 piece",
    "pieces": "{count} pieces",
    "purchase_status": "{product}, {total}, of {day}: {status}.",
    "status_completed": "paid",
    "status_pending": "payment under way",
    "status_failed": "not made, nothing charged",
    "status_cancelled": "cancelled",
    "others_account": "I only use your own accounts and cards. To other people I send to the "
    "account "
    "you registered: “send 100 to my brother”.",
    "others_money": "I can only see your own accounts: not what other people have, nor what "
    "anybody "
    "owes them.",
    # people
    "people_head": "You can send money to:",
    "people_none": "You have no beneficiaries. You can add one: “add Ana López as my cousin with "
    "account acc-123”.",
    "person_line": "{number}. {name}, “{alias}”",
    "is_person": "“{said}” is {name}, “{alias}”, account {account}.",
    "may_be_people": "“{said}” may be:\n{people}",
    "is_nobody": "You have no “{said}” among your beneficiaries.",
    "added": "Done: I added {name} as “{alias}”.",
    "add_repeated": "They had already been added: I changed nothing.",
    # speaking of it without asking for it
    "only_money": "I can only send money, so I did nothing. If you want to buy something, tell me "
    "just what you are looking for, for example: “I want a TV”.",
    "said_past": "I take it that this is past; I did nothing. To see your transactions, say “my "
    "last "
    "transactions”.",
    "said_negated": "All right, I do nothing.",
    "said_question": "I can send money to your beneficiaries or between your accounts; I always "
    "show "
    "you the details first and you confirm. Tell me, for example: “send 100 to my brother”.",
    "said_question_buy": "To buy, tell me what you are looking for or which one you want; I always "
    "show you the details first and you confirm.",
    "said_supposed": "I take that as a supposition and did nothing. If you want it done, tell me "
    "directly: “send 100 to my brother”.",
    "said_others": "You seem to speak of what somebody else does or asks; I did nothing. If you "
    "want "
    "me to move your money, tell me directly: “send 100 to my brother”.",
    "said_later": "I cannot schedule anything for later; I did nothing. If you want it now, tell "
    "me "
    "without a date.",
    "said_quoted": "That is between quotation marks, so I do not take it as an order; I did "
    "nothing.",
    "said_injected": "I do not follow instructions of that kind; I did nothing. If you need "
    "something "
    "from your bank, tell me in your own words.",
    "said_doubtful": "I am not sure what you want; I did nothing. Tell me directly, for example: "
    "“send 100 to my brother”.",
    # talking
    "hello": "Hello! I am CENTLI, your bank. I can tell you your balance, send money, and find and "
    "buy products. What do you need?",
    "welcome": "You are welcome!",
    "goodbye": "Goodbye!",
    "not_understood": "I did not understand “{said}”. I can tell you your balance and "
    "transactions, "
    "send money, add beneficiaries, find products, compare their benefits and buy. Say “help” for "
    "examples.",
    "cannot": "I cannot do that here. I can tell you your balance and transactions, send money, "
    "add "
    "beneficiaries, find products and buy. Say “help” for examples.",
    "number_alone": "What shall I do with “{said}”? Tell me, for example: “send 100 to my "
    "brother”.",
    "foreign": "Hablo español e inglés; no hice nada. / I speak Spanish and English; I did "
    "nothing.",
    "help_head": "I can do this; say it in your own words:",
    "help_getBalance": "Balances: “how much do I have?”, “how much do I owe on my card?”",
    "help_createTransfer": "Sending money: “send 100 to my brother”, “move 500 from savings to "
    "checking”",
    "help_listTransactions": "Transactions: “my last 5 transactions”, “how much did I spend in "
    "October?”",
    "help_searchProducts": "Finding: “I want a TV under 10k”",
    "help_compareBenefits": "Comparing: “which is best in installments?”",
    "help_createPurchase": "Buying: “buy it”, “I'll take two in 12 installments”",
    "help_listPurchases": "Purchases: “my purchases”",
    "help_getPurchase": "Following up: “did my purchase go through?”",
    "help_listBeneficiaries": "Beneficiaries: “who can I send money to?”",
    "help_addBeneficiary": "Adding: “add Ana López as my cousin with account acc-123”",
    "help_resolveAlias": "Who is who: “who is my brother?”",
    "help_others": "There is also, by name and with its data (name=value): {operations}",
    "help_foot": "Before any money moves I always show you the details and you confirm.",
    # operations by name
    "call_missing": "{operation} lacks: {names}. Write it like this: {operation} {example}",
    "call_unknown": "{operation} has no: {names}. It has: {known}.",
    "call_unreadable": "I did not understand “{said}”. Write it like this: {operation} name=value "
    'name="value with blanks".',
    "call_done": "{operation}:\n{answer}",
    "call_done_empty": "{operation}: done.",
    # the bank
    "unavailable": "This bank does not offer that operation.",
    "unanswered": "The bank did not answer, so I do not know. Try again in a moment.",
    "rejected": "I could not do it: the operation did not accept the data.",
    "refused": "The bank did not accept it: {message}",
    "refused_ACCOUNT_NOT_FOUND": "The bank found no such account. Check which it is; nothing was "
    "done.",
    "refused_ACCOUNT_NOT_ACTIVE": "That account is not active, so nothing was done. Tell me "
    "another.",
    "refused_SAME_ACCOUNT": "The two accounts are the same; nothing was done.",
    "refused_CURRENCY_MISMATCH": "The accounts have different currencies; nothing was done.",
    "refused_INSUFFICIENT_FUNDS": "There is not enough in that account; nothing was moved. Tell me "
    "another amount or another account.",
    "refused_PURCHASE_ALREADY_PAID": "That purchase was already paid; it was not charged again.",
    "refused_ALIAS_TAKEN": "You already have somebody with that alias. Tell me another alias.",
    "refused_ALIAS_REFUSED": "The bank does not accept that alias, because it could be taken for "
    "somebody else. Tell me another alias.",
    "refused_TOO_MANY_BENEFICIARIES": "You already have the most beneficiaries there can be; I "
    "added "
    "nobody.",
    "refused_PRODUCT_NOT_FOUND": "That product is no longer for sale; nothing was bought.",
    "refused_RETAILER_NOT_FOUND": "The bank cannot pay that shop; nothing was bought.",
    "refused_RETAILER_NEEDED": "Several shops sell that product. Tell me which one you want.",
    "refused_ORDER_EXPIRED": "That order was too old to be carried out; nothing was charged.",
    "refused_TOTAL_TOO_LARGE": "The total is above the most that a purchase may cost. Tell me "
    "fewer "
    "pieces.",
    "refused_PRICE_CHANGED": "The price has changed since I showed it to you; nothing was bought. "
    "Search again to see today's price.",
    "refused_BENEFIT_CHANGED": "The benefit has changed since I showed it to you; nothing was "
    "bought. Ask for its benefits again to see today's.",
    "refused_OUT_OF_STOCK": "There are not enough pieces; nothing was bought. Tell me fewer, or "
    "another product.",
    "refused_BENEFIT_NOT_ELIGIBLE": "That purchase cannot have that benefit; nothing was bought. "
    "Ask "
    "“what benefits does it have?” to see which it can.",
    "refused_PURCHASE_NOT_FOUND": "I found no such purchase among yours.",
    "refused_PAYMENT_MISMATCH": "The payment did not match the price; nothing was bought.",
    "refused_UNAUTHENTICATED": "The bank does not know who you are in this session; nothing was "
    "done.",
    "refused_UNKNOWN_OPERATION": "The bank does not know that operation; nothing was done.",
    "refused_PAGE_TOKEN_NOT_FOUND": "That list can no longer be continued. Ask me for it again.",
    "refused_REQUEST_ID_REUSED": "That confirmation was already used for something else; nothing "
    "new "
    "was done.",
    "refused_TEMPORARILY_UNAVAILABLE": "The bank could not handle it now, and I do not know "
    "whether "
    "it was done. Look at your transactions before trying again.",
    "refused_INTERNAL_ERROR": "The bank had a failure. Try again later.",
}
