"""The street's work list as of a day: 73 communities, 205 tasks, 313 milestones."""

SEPTEMBER = "/street/dongming?as_of=2024-09-30"


def test_the_totals_are_those_of_the_day_asked_for(demo):
    text = demo.read(SEPTEMBER).text
    assert "任务 205 73 个小区 节点 313 每个期限算一个 到期应完成 189" in text
    assert "到期应完成 3 " in demo.read("/street/dongming?as_of=2024-03-31").text
    assert "到期应完成 123 " in demo.read("/street/dongming?as_of=2024-06-30").text


def test_the_grid_has_all_communities_down_and_the_eight_columns_of_the_list_across(demo):
    text = demo.read(SEPTEMBER).text
    assert "业委会组建换届 区域化整合 物业服务企业归并 市场化物业选聘" in text
    assert "市场化物业选聘 物业费评估及调价 收缴率提升 物业服务提升 打造标杆小区" in text
    assert "显示 73 个小区，共 73 个" in text
    assert "1 · 凌一 · 向为物业 ✓ 已完成" in text


def test_a_cell_says_its_state_in_words_for_those_who_listen(demo):
    text = demo.read(SEPTEMBER).text
    assert "上浦路505、565弄 2 · 凌一 · 三杨物业 —没有这项任务" in text
    assert "! 9月底 30 天内到期" in text
    assert "✗ 6月底 逾期" in text
    assert "– 12月底 未到期" in text


def test_one_firm_and_one_neighbourhood_can_be_looked_at_alone(demo):
    assert "显示 24 个小区，共 73 个" in demo.read(f"{SEPTEMBER}&firm=firm-02").text
    text = demo.read(f"{SEPTEMBER}&neighbourhood=dongming-n01").text
    assert "显示 2 个小区，共 73 个" in text
    assert "上浦路480弄" not in text


def test_a_part_that_does_not_exist_shows_nobody_and_says_so(demo):
    assert "没有符合的小区 放宽居委会或物业的条件再看。" in demo.read(f"{SEPTEMBER}&firm=nobody").text


def test_those_in_need_come_first_when_asked(demo):
    text = demo.read(f"{SEPTEMBER}&sort=need").text
    assert text.index("锦翠苑 36") < text.index("凌云公寓 1")


def test_questions_about_the_list_are_asked_in_words(demo):
    text = demo.read(SEPTEMBER).text
    assert "第 21、43、64 行的期限早于清单下发的日子" in text
    assert "第 16 行（三林路519弄）的选聘期限早于业委会换届期限" in text


def test_a_day_that_does_not_exist_is_said_in_words(demo):
    page = demo.read("/street/dongming?as_of=2024-13-01")
    assert page.status == 400
    assert "“2024-13-01”不是一个日期" in page.text


def test_a_community_has_no_work_list_of_its_own(demo):
    assert demo.read("/street/wutongli").status == 404


def test_a_street_without_a_list_says_what_will_appear(server):
    server.open_ledger("new-street", "新街道", "street")
    assert "这个街道还没有工作清单 街道导入工作清单以后" in server.read("/street/new-street").text
