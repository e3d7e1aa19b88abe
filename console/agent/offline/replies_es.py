"""What the brain says in Spanish."""

from collections.abc import Mapping
from typing import Final

SPANISH: Final[Mapping[str, str]] = {
    # asking
    "ask_recipient": "¿A quién le transfiero {amount}?",
    "ask_recipient_amount": "Va. ¿A quién le transfiero y cuánto?",
    "ask_amount": "¿Cuánto le transfiero a {who}?",
    "ask_amount_own": "¿Cuánto paso a {who}?",
    "one_at_a_time": "Hago una cosa a la vez: primero esto, y lo demás me lo pides después.\n",
    "ask_which_first": "Hago una cosa a la vez. ¿Qué hago primero? Dímelo solo.",
    "ask_which_person": "¿A quién te refieres con «{said}»?\n{people}\nDime el número o el nombre.",
    "ask_only_person": "¿Con «{said}» te refieres a {person}? Dime «sí», o a quién.",
    "ask_person_unknown": "No encontré a «{said}» entre tus beneficiarios. ¿A quién le transfiero? "
    "Di «a quién le puedo transferir» para ver tu lista.",
    "ask_one_person": "Hago una transferencia a la vez. ¿A quién le transfiero primero, y cuánto?",
    "ask_source": "¿De qué cuenta lo tomo?\n{accounts}",
    "ask_account": "¿Con qué cuenta?\n{accounts}",
    "ask_own_destination": "¿A cuál de tus cuentas?\n{accounts}",
    "no_account_of_type": "No tienes {account}.",
    "ask_order": "No estoy seguro de que me lo pidas. ¿Quieres que transfiera {amount} a {who}? "
    "Dime «sí» y te muestro los datos antes de hacerlo.",
    "ask_order_amount": "¿Quieres que le transfiera dinero a {who}? Dime «sí» y te pregunto lo que "
    "falta.",
    "ask_duty": "¿Quieres que haga esa transferencia? Dime a quién y cuánto.",
    "ask_product": "¿Qué producto? Dime qué buscas, por ejemplo: «quiero una tele».",
    "ask_none_shown": "Todavía no te muestro ningún producto. ¿Qué buscas? Por ejemplo: «quiero "
    "una tele».",
    "none_shown": "Aún no hay nada que comprar, así que no hice nada. Dime el nombre de lo que "
    "buscas.",
    "ask_which_product": "¿Cuál de estos?\n{products}",
    "ask_benefit": "¿Con qué beneficio compras {product}?\n{options}\nO dime «de contado».",
    "ask_msi_account": "Los meses sin intereses se pagan con tarjeta de crédito. ¿La cargo a tu "
    "tarjeta, o la compro de contado?",
    "ask_other": "{product} está agotado. ¿Quieres otro producto?",
    "ask_fewer": "De {product} solo hay {count}. ¿Cuántas piezas quieres?",
    "ask_count": "¿Cuántas piezas exactamente de {product}? Dime un número del 1 al 100.",
    "ask_buy": "¿Compro {product}? Di «sí» y te muestro los datos antes de comprar.",
    "ask_name": "¿Cuál es el nombre completo de {who}?",
    "ask_alias": "¿Con qué alias la guardo o lo guardo? Por ejemplo: «mi primo».",
    "ask_beneficiary_account": "¿Cuál es el número de cuenta de {who}?",
    "ask_whom_to_add": "¿A quién agrego? Dime nombre, alias y cuenta, por ejemplo: «agrega a Ana "
    "López como mi prima con la cuenta acc-123».",
    "someone": "esa persona",
    # amounts in doubt
    "doubt_separator": "No sé si «{said}» son miles o centavos. ¿Cuánto es? Escríbelo como 1500 o "
    "1,500.50.",
    "doubt_malformed": "No entiendo la cantidad «{said}». Escríbela como 1500 o 1,500.50.",
    "doubt_hedge": "Necesito la cantidad exacta, no aproximada. ¿Cuánto es?",
    "doubt_range": "Me dijiste más de una cantidad. ¿Cuánto es exactamente?",
    "doubt_several": "Me dijiste más de una cantidad y hago una cosa a la vez. ¿Cuánto es, y para "
    "quién?",
    "doubt_negative": "La cantidad tiene que ser mayor que cero. ¿Cuánto es?",
    "doubt_zero": "La cantidad tiene que ser mayor que cero. ¿Cuánto es?",
    "doubt_too_large": "Esa cantidad es más grande de lo que puedo mover. ¿Cuánto es?",
    "doubt_currency": "Solo muevo pesos mexicanos. ¿Cuántos pesos son?",
    "doubt_small": "¿Cuántos pesos son exactamente? Escríbelo con números.",
    "doubt_unstated": "Dime la cantidad en pesos, con números: no la calculo por ti.",
    "doubt_slang": "No sé cuántos pesos son «{said}». Dime la cantidad con números, por ejemplo: "
    "500.",
    "doubt_percent": "Dime la cantidad en pesos, no en porcentaje.",
    # money
    "balance_line": "{account}: {balance}",
    "credit_line": "{account}: debes {owed}, tienes {available} disponibles",
    "not_active": " ({status})",
    "status_inactive": "inactiva",
    "status_blocked": "bloqueada",
    "balance_head": "Esto es lo que tienes:",
    "no_accounts": "No tienes cuentas.",
    "would_remain": "Si movieras {amount} de tu {account}, te quedarían {left}.",
    "would_not_suffice": "{amount} es más de lo que tienes disponible en tu {account}.",
    "transferred": "Listo: transferí {amount} a {who} desde {source}.",
    "transfer_repeated": "Esa transferencia ya estaba hecha: no moví nada nuevo.",
    "nothing_done": "De acuerdo, no hice nada.",
    "nothing_pending": "No hay nada pendiente; no hice nada.",
    "dropped": "Listo, lo dejo. No hice nada.",
    "movements_head": "Tus movimientos{which}:",
    "movements_none": "No hay movimientos{which}.",
    "movement_line": "{number}. {day}  {sign}{amount}  {what}",
    "sum_debit": "Gastaste {total}{which}, en {count} movimientos.",
    "sum_debit_one": "Gastaste {total}{which}, en un movimiento.",
    "sum_credit": "Recibiste {total}{which}, en {count} movimientos.",
    "sum_credit_one": "Recibiste {total}{which}, en un movimiento.",
    "sum_none": "No encontré {what}{which}.",
    "what_debit": "gastos",
    "what_credit": "ingresos",
    "sum_counted": "Cuento pagos, retiros y transferencias a otras personas; no lo que pasaste "
    "entre tus propias cuentas.",
    "sum_own": "No cuento lo que pasaste entre tus propias cuentas.",
    "sum_partial": "Hay más movimientos de los que pude revisar: el total es mayor.",
    "which_from": " de {who}",
    "which_about": " con «{about}» en el concepto",
    "dates_unread": "No entendí de qué días hablas. Dímelo así: «del 1 al 15 de octubre».",
    "which_to": " a {who}",
    "more_available": "Hay más: di «más».",
    "no_more": "No hay más que mostrar.",
    "which_account": " de tu {account}",
    "which_day": " del {first}",
    "which_days": " del {first} al {last}",
    "which_since": " desde el {first}",
    "which_until": " hasta el {last}",
    "which_debit": " (salidas)",
    "which_credit": " (entradas)",
    "type_transfer": "Transferencia",
    "type_payment": "Pago",
    "type_deposit": "Depósito",
    "type_withdrawal": "Retiro",
    "type_opening": "Saldo inicial",
    "to_account": "{type} a {account}",
    "from_account": "{type} de {account}",
    # shopping
    "products_head": "Encontré esto:",
    "products_foot": "Dime cuál quieres, o pregunta «¿cuál me conviene a meses?».",
    "products_none": "No encontré nada con «{words}».",
    "products_none_at_all": "No encontré productos así.",
    "products_fewer": "Con «{words}» no hay nada; con «{fewer}» encontré esto:",
    "products_category": "Con «{words}» no hay nada; esto hay en la misma categoría:",
    "products_filtered_none": "Encontré {count} con «{words}», pero ninguno cumple lo que pides; "
    "el "
    "más barato cuesta {price}.",
    "product_line": "{number}. {name}, {price}, en {shop}, {stock}",
    "in_stock": "{count} disponibles",
    "in_stock_one": "queda 1",
    "sold_out": "agotado",
    "compare_head": "Así quedan los pagos:",
    "compare_head_some": "Comparo solo los primeros {count}; así quedan los pagos:",
    "compare_line": "{number}. {name}, {price} en {shop}: {options}",
    "no_options": "sin beneficios para ti hoy",
    "option_msi": "{months} MSI de {monthly}",
    "option_cashback": "cashback de {value}",
    "option_points": "{points} puntos",
    "recommend_msi": "Te conviene {name} a {months} MSI: pagas {monthly} al mes, la mensualidad "
    "más "
    "baja.{last} Di «cómprala» y te muestro los datos antes de comprar.",
    "recommend_last": " La última es de {last}.",
    "recommend_cashback": "Te conviene {name} con cashback: te regresan {value}. Di «cómprala» y "
    "te "
    "muestro los datos antes de comprar.",
    "recommend_points": "Te conviene {name} con puntos: te dan {points}. Di «cómprala» y te "
    "muestro "
    "los datos antes de comprar.",
    "no_recommendation": "Ninguno tiene un beneficio que puedas usar hoy. Puedes comprar de "
    "contado: "
    "dime cuál.",
    "price_of_many": "{count} × {price} = {total}",
    "no_instalments": "sin meses",
    "ask_other_months": "No hay {benefit} en lo que me preguntas. A meses hay:\n{options}\n"
    "¿Cómo lo quieres pagar? Dime, por ejemplo, «a 3 meses» o «de contado».",
    "ask_no_months": "Hoy no puedes pagar eso a {benefit}, ni a otros meses. ¿Lo quieres de "
    "contado? Di «de contado».",
    "no_msi": "Ninguno se puede pagar a meses hoy.",
    "benefit_unavailable": "{product} no se puede comprar con {benefit}. {reason}",
    "bought": "¡Listo! Compraste {product} por {total}{benefit}.",
    "bought_benefit": " con {benefit}",
    "purchase_pending": "Tu compra de {product} está registrada y el pago sigue en camino. "
    "Pregúntame «¿ya quedó mi compra?» en un momento.",
    "purchase_repeated": "Esa compra ya estaba hecha: no compré ni cobré nada nuevo.",
    "purchase_failed": "La compra no se hizo y no se cobró nada. {why}",
    "purchases_head": "Tus compras:",
    "purchases_none": "No tienes compras.",
    "purchase_line": "{number}. {day}  {product}, {quantity}  {total}  {status}",
    "pieces_one": "1 pieza",
    "pieces": "{count} piezas",
    "purchase_status": "{product}, {total}, del {day}: {status}.",
    "status_completed": "pagada",
    "status_pending": "pago en camino",
    "status_failed": "no se hizo, no se cobró nada",
    "status_cancelled": "cancelada",
    "others_account": "Solo uso tus propias cuentas y tarjetas. A otra persona le transfiero a la "
    "cuenta que registraste: «transfiere 100 a mi hermano».",
    "others_money": "Solo puedo ver tus propias cuentas: no lo que tienen otras personas, ni lo "
    "que "
    "se deben.",
    # people
    "people_head": "Puedes transferir a:",
    "people_none": "No tienes beneficiarios. Puedes agregar uno: «agrega a Ana López como mi prima "
    "con la cuenta acc-123».",
    "person_line": "{number}. {name}, «{alias}»",
    "is_person": "«{said}» es {name}, «{alias}», cuenta {account}.",
    "may_be_people": "Con «{said}» puede ser:\n{people}",
    "is_nobody": "No tienes a «{said}» entre tus beneficiarios.",
    "added": "Listo: agregué a {name} como «{alias}».",
    "add_repeated": "Ya estaba agregado: no cambié nada.",
    # speaking of it without asking for it
    "only_money": "Solo puedo mandar dinero, así que no hice nada. Si quieres comprar algo, dime "
    "solo qué buscas, por ejemplo: «quiero una tele».",
    "said_past": "Entiendo que ya pasó; no hice nada. Si quieres ver tus movimientos, di «mis "
    "últimos movimientos».",
    "said_negated": "De acuerdo, no hago nada.",
    "said_question": "Puedo transferir a tus beneficiarios o entre tus cuentas; antes de hacerlo "
    "te "
    "muestro los datos y tú confirmas. Dime, por ejemplo: «transfiere 100 a mi hermano».",
    "said_question_buy": "Para comprar, dime qué buscas o cuál quieres; antes de comprar te "
    "muestro "
    "los datos y tú confirmas.",
    "said_supposed": "Lo tomo como una suposición y no hice nada. Si quieres que lo haga, dímelo "
    "directo: «transfiere 100 a mi hermano».",
    "said_others": "Parece que hablas de lo que hace o pide alguien más; no hice nada. Si quieres "
    "que "
    "mueva tu dinero, dímelo directo: «transfiere 100 a mi hermano».",
    "said_later": "No puedo programar nada para después; no hice nada. Si lo quieres ahora, dímelo "
    "sin fecha.",
    "said_quoted": "Eso viene entre comillas, así que no lo tomo como orden; no hice nada.",
    "said_injected": "No sigo instrucciones de ese tipo; no hice nada. Si necesitas algo de tu "
    "banco, "
    "dímelo con tus palabras.",
    "said_doubtful": "No estoy seguro de lo que quieres; no hice nada. Dímelo directo, por "
    "ejemplo: "
    "«transfiere 100 a mi hermano».",
    # talking
    "hello": "¡Hola! Soy CENTLI, tu banco. Puedo decirte tu saldo, transferir, buscar productos y "
    "comprarlos. ¿Qué necesitas?",
    "welcome": "¡Con gusto!",
    "goodbye": "¡Hasta luego!",
    "not_understood": "No entendí «{said}». Puedo decirte tu saldo y tus movimientos, transferir, "
    "agregar beneficiarios, buscar productos, comparar sus beneficios y comprar. Di «ayuda» para "
    "ver "
    "ejemplos.",
    "cannot": "Eso no lo puedo hacer aquí. Puedo decirte tu saldo y tus movimientos, transferir, "
    "agregar beneficiarios, buscar productos y comprar. Di «ayuda» para ver ejemplos.",
    "number_alone": "¿Qué hago con «{said}»? Dime, por ejemplo: «transfiere 100 a mi hermano».",
    "foreign": "Hablo español e inglés; no hice nada. / I speak Spanish and English; I did "
    "nothing.",
    "help_head": "Puedo hacer esto; dímelo con tus palabras:",
    "help_getBalance": "Saldos: «¿cuánto tengo?», «¿cuánto debo en mi tarjeta?»",
    "help_createTransfer": "Transferir: «transfiere 100 a mi hermano», «pasa 500 de mi ahorro a "
    "cheques»",
    "help_listTransactions": "Movimientos: «mis últimos 5 movimientos», «¿cuánto gasté en "
    "octubre?»",
    "help_searchProducts": "Buscar: «quiero una tele de menos de 10 mil»",
    "help_compareBenefits": "Comparar: «¿cuál me conviene a meses?»",
    "help_createPurchase": "Comprar: «cómprala», «me llevo dos a 12 meses»",
    "help_listPurchases": "Compras: «mis compras»",
    "help_getPurchase": "Seguimiento: «¿ya quedó mi compra?»",
    "help_listBeneficiaries": "Beneficiarios: «¿a quién le puedo transferir?»",
    "help_addBeneficiary": "Agregar: «agrega a Ana López como mi prima con la cuenta acc-123»",
    "help_resolveAlias": "Quién es quién: «¿quién es mi hermano?»",
    "help_others": "También hay, con su nombre y sus datos (nombre=valor): {operations}",
    "help_foot": "Antes de mover dinero siempre te muestro los datos y tú confirmas.",
    # operations by name
    "call_missing": "A {operation} le falta: {names}. Escríbelo así: {operation} {example}",
    "call_unknown": "{operation} no tiene: {names}. Tiene: {known}.",
    "call_unreadable": "No entendí «{said}». Escríbelo así: {operation} nombre=valor "
    'nombre="valor con espacios".',
    "call_done": "{operation}:\n{answer}",
    "call_done_empty": "{operation}: hecho.",
    # the bank
    "unavailable": "Esa operación no está disponible en este banco.",
    "unanswered": "El banco no contestó, así que no sé la respuesta. Intenta de nuevo en un "
    "momento.",
    "rejected": "No pude hacerlo: la operación no aceptó los datos.",
    "refused": "El banco no lo aceptó: {message}",
    "refused_ACCOUNT_NOT_FOUND": "El banco no encontró esa cuenta. Revisa cuál es; no se hizo "
    "nada.",
    "refused_ACCOUNT_NOT_ACTIVE": "Esa cuenta no está activa, así que no se hizo nada. Dime otra.",
    "refused_SAME_ACCOUNT": "La cuenta de origen y la de destino son la misma; no se hizo nada.",
    "refused_CURRENCY_MISMATCH": "Las cuentas están en monedas distintas; no se hizo nada.",
    "refused_INSUFFICIENT_FUNDS": "No te alcanza en esa cuenta; no se movió nada. Dime otra "
    "cantidad "
    "u otra cuenta.",
    "refused_PURCHASE_ALREADY_PAID": "Esa compra ya estaba pagada; no se cobró otra vez.",
    "refused_ALIAS_TAKEN": "Ya tienes a alguien con ese alias. Dime otro alias.",
    "refused_ALIAS_REFUSED": "El banco no acepta ese alias porque se podría confundir con otra "
    "persona. Dime otro alias.",
    "refused_TOO_MANY_BENEFICIARIES": "Ya tienes el máximo de beneficiarios; no agregué a nadie.",
    "refused_PRODUCT_NOT_FOUND": "Ese producto ya no está a la venta; no se compró nada.",
    "refused_RETAILER_NOT_FOUND": "El banco no le puede pagar a esa tienda; no se compró nada.",
    "refused_RETAILER_NEEDED": "Varias tiendas venden ese producto. Dime en cuál lo quieres.",
    "refused_ORDER_EXPIRED": "Esa orden ya era muy vieja para hacerse; no se cobró nada.",
    "refused_TOTAL_TOO_LARGE": "El total pasa del máximo por compra. Dime menos piezas.",
    "refused_PRICE_CHANGED": "El precio cambió desde que te lo mostré; no se compró nada. Búscalo "
    "de "
    "nuevo para ver el precio de hoy.",
    "refused_BENEFIT_CHANGED": "El beneficio cambió desde que te lo mostré; no se compró nada. "
    "Pregunta «¿qué beneficios tiene?» para ver los de hoy.",
    "refused_OUT_OF_STOCK": "No hay suficientes piezas; no se compró nada. Dime menos, u otro "
    "producto.",
    "refused_BENEFIT_NOT_ELIGIBLE": "Esa compra no puede llevar ese beneficio; no se compró nada. "
    "Pregunta «¿qué beneficios tiene?» para ver los que sí.",
    "refused_PURCHASE_NOT_FOUND": "No encontré esa compra entre las tuyas.",
    "refused_PAYMENT_MISMATCH": "El pago no coincidió con el precio de la compra; no se compró "
    "nada.",
    "refused_UNAUTHENTICATED": "El banco no sabe quién eres en esta sesión; no se hizo nada.",
    "refused_UNKNOWN_OPERATION": "El banco no conoce esa operación; no se hizo nada.",
    "refused_PAGE_TOKEN_NOT_FOUND": "Esa lista ya no se puede continuar. Pídemela de nuevo.",
    "refused_REQUEST_ID_REUSED": "Esa confirmación ya se usó para otra cosa; no se hizo nada "
    "nuevo.",
    "refused_TEMPORARILY_UNAVAILABLE": "El banco no pudo atenderlo ahora y no sé si se hizo. "
    "Revisa "
    "tus movimientos antes de intentarlo otra vez.",
    "refused_INTERNAL_ERROR": "El banco tuvo una falla. Intenta más tarde.",
}
