"""What people read instead of the canonical names: tables, columns, code values, words of the models.

One place for the pages and for the generated documents.
"""

from __future__ import annotations

from collections.abc import Mapping

from riskloop.models.api import Text


def texts(**pairs: tuple[str, str]) -> Mapping[str, Text]:
    """Labels by name, each given as (Chinese, English)."""
    return {name: Text(zh, en) for name, (zh, en) in pairs.items()}


TABLE_NAMES = texts(
    units=("机构", "Units"),
    staff=("员工", "Staff"),
    staff_customers=("员工及亲属客户", "Staff and relatives as customers"),
    tellers=("柜员", "Tellers"),
    customers=("客户", "Customers"),
    accounts=("账户", "Accounts"),
    hosted_accounts=("网上托管账户", "Hosted accounts"),
    suspense_items=("销账挂账项", "Suspense items"),
    calendar=("工作日历", "Calendar"),
    journal=("交易流水", "Journal"),
    balances=("日终余额", "Closing balances"),
    ebank_events=("电子银行事项", "E-banking events"),
    card_events=("银行卡事项", "Card events"),
    maintenance_events=("挂失解挂事项", "Loss reports and releases"),
    reconciliation_events=("对账信息变更", "Reconciliation changes"),
    reserve_positions=("备付金头寸", "Reserve positions"),
    draft_register=("汇票登记簿", "Draft register"),
    cash_boxes=("钱箱", "Cash boxes"),
    teller_cards=("权限卡", "Authority cards"),
    teller_events=("柜员签到与身份", "Teller sign-ons and identities"),
    attendance=("考勤", "Attendance"),
    ebank_operators=("网银内管柜员", "Internet-bank back-office tellers"),
    authorisations=("集中授权", "Authorisations"),
    account_days=("账户日汇总", "An account's day"),
    counterparty_days=("账户对手日汇总", "An account and counterparty's day"),
    teller_days=("柜员日汇总", "A teller's day"),
    outlet_days=("网点日汇总", "An outlet's day"),
    volumes=("联机业务量", "Online volume"),
)

COLUMN_NAMES = texts(
    account_id=("账号", "Account"),
    address=("地址", "Address"),
    administrator_id=("受托客户", "Administrator"),
    amount=("金额", "Amount"),
    amount_cny=("折人民币金额", "Amount in CNY"),
    as_of=("日期", "Date"),
    at=("时间", "Time"),
    authoriser_id=("授权柜员", "Authoriser"),
    auto_only=("仅限自动记账", "Automatic entries only"),
    automatic=("自动记账", "Automatic"),
    booked_on=("记账日", "Booked on"),
    born_on=("出生日期", "Born on"),
    box_id=("钱箱号", "Box"),
    card_no=("卡号", "Card"),
    cash=("现金", "Cash"),
    ceiling=("限额", "Ceiling"),
    channel=("渠道", "Channel"),
    cleared_on=("销账日", "Cleared on"),
    closed_by=("销户柜员", "Closed by"),
    closed_on=("撤销日", "Closed on"),
    closing=("日终余额", "Closing balance"),
    code=("交易代码", "Transaction code"),
    counterparty=("交易对手", "Counterparty"),
    counterparty_account=("对方账号", "Counterparty account"),
    counterparty_bank=("对方行", "Counterparty bank"),
    counterparty_name=("对方户名", "Counterparty name"),
    credit_max=("最大单笔贷方", "Largest credit"),
    credit_sum=("贷方合计", "Sum of credits"),
    credits=("贷方笔数", "Credits"),
    debit_max=("最大单笔借方", "Largest debit"),
    debit_sum=("借方合计", "Sum of debits"),
    debits=("借方笔数", "Debits"),
    identity_changes=("改变身份次数", "Changes of identity"),
    payment_sum=("付款合计", "Sum of payments"),
    payments=("付款笔数", "Payments"),
    registered=("注册个人网银数", "Personal internet banks registered"),
    volume=("业务量", "Volume"),
    credit_account_id=("贷方账号", "Credit account"),
    currency=("币种", "Currency"),
    customer_id=("客户号", "Customer"),
    debit_account_id=("借方账号", "Debit account"),
    effective_on=("生效日", "Effective on"),
    ended_on=("终止日", "Ended on"),
    entry_id=("流水号", "Entry"),
    event=("事项", "Event"),
    event_id=("事项编号", "Event no."),
    from_on=("启用日", "From"),
    grantor_id=("委托客户", "Grantor"),
    handled_s=("处理时长（秒）", "Handled (s)"),
    hosting_id=("托管编号", "Hosting no."),
    id_no=("证件号码", "ID number"),
    id_type=("证件类型", "ID type"),
    identity=("柜员身份", "Identity"),
    item_id=("编号", "Item"),
    joined_on=("入职日", "Joined on"),
    kind=("类型", "Kind"),
    last_used_on=("最近使用日", "Last used on"),
    left_on=("离职日", "Left on"),
    level=("层级", "Level"),
    lower_balance=("下级余额", "Lower balance"),
    lower_unit_id=("下级机构", "Lower unit"),
    name=("名称", "Name"),
    on=("日期", "Date"),
    opened_by=("开户柜员", "Opened by"),
    opened_on=("开立日", "Opened on"),
    opening_amount=("开户金额", "Opening amount"),
    operator_id=("操作员号", "Operator"),
    original_entry_id=("原流水号", "Original entry"),
    outcome=("结果", "Outcome"),
    outstanding=("未付余额", "Outstanding"),
    overdraft_allowed=("允许透支", "Overdraft allowed"),
    parent_id=("上级机构", "Parent unit"),
    phone=("电话", "Phone"),
    post=("岗位", "Post"),
    posted_at=("记账时间", "Posted at"),
    purpose=("用途", "Purpose"),
    queued_s=("排队时长（秒）", "Queued (s)"),
    reason=("原因", "Reason"),
    relation=("关系", "Relation"),
    remote=("异地通存通兑", "Cross-region"),
    segment=("客户层级", "Segment"),
    special=("特殊账户", "Special"),
    staff_id=("员工号", "Staff no."),
    started_on=("起始日", "Started on"),
    state=("出勤", "Attendance"),
    status=("状态", "Status"),
    status_since=("状态起始日", "Status since"),
    subject=("对象", "Subject"),
    submitted_at=("提交时间", "Submitted at"),
    suspense_max_days=("挂账期限（天）", "Suspense limit (days)"),
    teller_id=("柜员", "Teller"),
    to_on=("停用日", "To"),
    unit_id=("机构", "Unit"),
    upper_balance=("上级余额", "Upper balance"),
    upper_unit_id=("上级机构", "Upper unit"),
    value_on=("起息日", "Value date"),
    working=("工作日", "Working day"),
    zero_at_close=("日终须为零", "Zero at close"),
)

CODE_NAMES: Mapping[str, Mapping[str, Text]] = {
    "level": texts(
        head_office=("总行", "Head office"),
        tier1_branch=("一级分行", "First-level branch"),
        tier2_branch=("二级分行", "Second-level branch"),
        sub_branch=("支行", "Sub-branch"),
        outlet=("营业网点", "Outlet"),
    ),
    "relation": texts(self=("本人", "Self"), relative=("亲属", "Relative")),
    "kind": texts(
        personal=("个人", "Personal"),
        corporate=("对公", "Corporate"),
        personal_settlement=("个人结算", "Personal settlement"),
        card=("卡账户", "Card"),
        personal_time=("个人定期", "Personal time deposit"),
        corporate_current=("往来户", "Corporate current"),
        corporate_time=("对公定期", "Corporate time deposit"),
        internal=("内部账户", "Internal"),
        reserve=("备付金", "Reserve"),
        outward_remittance=("汇出汇款", "Outward remittance"),
        dormant_unclaimed=("久悬未取", "Dormant unclaimed"),
        suspense=("销账账户", "Suspense"),
        normal=("正常", "Normal"),
        reversal=("反交易", "Reversal"),
        correction=("冲正", "Correction"),
    ),
    "status": texts(
        normal=("正常", "Normal"),
        dormant=("长期不动", "Long-inactive"),
        special_dormant=("特殊长期不动", "Special long-inactive"),
        reactivated=("重新激活", "Reactivated"),
        credit_only=("只收不付", "Credit only"),
        blocked=("不收不付", "No credit, no debit"),
        closed=("已销户", "Closed"),
        active=("使用中", "Active"),
        suspended=("停用", "Suspended"),
        returned=("已交回", "Returned"),
        enabled=("启用", "Enabled"),
        disabled=("禁用", "Disabled"),
    ),
    "channel": texts(
        counter=("柜面", "Counter"),
        smart_counter=("智柜", "Smart counter"),
        atm=("自助设备", "ATM"),
        internet=("网上银行", "Internet bank"),
        mobile=("手机银行", "Mobile bank"),
        phone=("电话银行", "Phone bank"),
        batch=("批量", "Batch"),
        clearing=("清算", "Clearing"),
    ),
    "event": texts(
        registered=("注册", "Registered"),
        cancelled=("注销", "Cancelled"),
        login_password_reset=("登录密码重置", "Login password reset"),
        token_password_reset=("U盾密码重置", "Hardware-key password reset"),
        token_card_replaced=("口令卡更换", "Token card replaced"),
        token_maintained=("U盾维护", "Hardware key maintained"),
        transfer_opened=("开通对外转账", "Transfers opened"),
        issued=("发卡", "Issued"),
        activated=("启用", "Activated"),
        online_opened=("开通在线支付", "Online payment opened"),
        online_closed=("关闭在线支付", "Online payment closed"),
        purchase_pin_changed=("消费验密变更", "Purchase PIN check changed"),
        loss_reported=("挂失", "Loss reported"),
        loss_released=("解挂", "Loss released"),
        contact_changed=("联系人变更", "Contact changed"),
        phone_changed=("电话变更", "Phone changed"),
        address_changed=("地址变更", "Address changed"),
        method_changed=("对账方式变更", "Method changed"),
        cycle_changed=("对账周期变更", "Cycle changed"),
        agreement_ended=("对账协议终止", "Agreement ended"),
        signed_on=("签到", "Signed on"),
        signed_off=("签退", "Signed off"),
        identity_changed=("身份变更", "Identity changed"),
    ),
    "subject": texts(deposit=("存款", "Deposit"), voucher=("凭证", "Voucher")),
    "identity": texts(
        handler=("业务经办", "Handler"),
        lead=("业务主办", "Lead"),
        supervisor=("业务主管", "Supervisor"),
    ),
    "state": texts(present=("在岗", "Present"), leave=("休假", "On leave"), away=("离岗", "Away")),
    "outcome": texts(granted=("通过", "Granted"), returned=("回退", "Returned")),
}

CATEGORY_NAMES = texts(
    fund_movement=("资金异动类", "Fund-movement class"),
    non_fund_movement=("非资金异动类", "Non-fund-movement class"),
    statistical=("统计分析类", "Statistical class"),
)
HANDLING_NAMES = texts(
    itemised=("逐笔核实", "Item-by-item verification"),
    statistical=("统计分析", "Statistical analysis"),
)
GRADE_NAMES = texts(
    general=("一般关注", "General"),
    attention=("关注", "Attention"),
    key_attention=("重点关注", "Key attention"),
)
SUBJECT_NAMES = texts(
    entry=("流水", "Entry"),
    account=("账户", "Account"),
    teller=("柜员", "Teller"),
    card=("银行卡", "Card"),
    customer=("客户", "Customer"),
    outlet=("网点", "Outlet"),
    event=("事项", "Event"),
    item=("挂账项", "Item"),
)
MEASURE_NAMES = texts(
    CNY=("元", "CNY"),
    account_currency=("（账户币种）", "in the account's currency"),
    accounts=("户", "accounts"),
    codes=("代码", "codes"),
    flag=("是/否", "yes or no"),
    days=("天", "days"),
    working_days=("个工作日", "working days"),
    times=("次", "times"),
    months=("个月", "months"),
    years=("年", "years"),
    ratio=("比率", "ratio"),
)


def column_name(table: str, column: str) -> Text:
    """A column's label; a bank's own column, unknown to the contract, keeps its name."""
    if table in {"staff", "customers"} and column == "name":
        return Text("姓名/名称", "Name")
    return COLUMN_NAMES.get(column) or Text(column, column)


_LABELS_OF: Mapping[str, set[Text]] = {
    code: {names[code] for names in CODE_NAMES.values() if code in names}
    for code in {code for names in CODE_NAMES.values() for code in names}
}
WORDS: Mapping[str, Text] = {code: next(iter(said)) for code, said in _LABELS_OF.items() if len(said) == 1}
"""What a code says wherever it stands, for those that say the same in every column that has them."""


def code_name(column: str, value: str) -> Text:
    """A code value's label; free text and unknown codes stay as they are."""
    return CODE_NAMES.get(column, {}).get(value) or Text(value, value)
