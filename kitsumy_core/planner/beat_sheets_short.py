"""Hold the beat sheets of stories without a fight: kishotenketsu, and the gag of four panels."""

from __future__ import annotations

from kitsumy_core.planner.beat_sheets import Beat, Sheet

_KISHOTENKETSU: tuple[Beat, ...] = (
    Beat(
        "ki", 1.0, 2, ("Кі: вступ", "Ki: introduction"), ("спокійний", "calm"), 0,
        (
            ("Хто ці люди і де вони?", "Who are these people, and where are they?"),
            ("Що тут відбувається щодня?", "What happens here every day?"),
            ("Яка дрібниця потім матиме значення?", "Which small thing will matter later?"),
            ("Яка пора року, яка година?", "Which season, which hour?"),
            ("Що ці люди люблять?", "What do these people love?"),
            ("Що тут тихо, а що ні?", "What is quiet here, and what is not?"),
            ("Хто дивиться на все це збоку?", "Who looks at all this from aside?"),
        ),
        ("extreme-wide", "medium", "insert", "wide", "two", "close", "full", "medium-close", "high"),
        ("big-top", "three-rows", "two-horizontal", "grid-2x2"),
    ),
    Beat(
        "sho", 1.4, 3, ("Шо: розвиток", "Sho: development"), ("теплий", "tender"), 0,
        (
            ("Що ми дізнаємося про них далі?", "What more do we learn of them?"),
            ("Яка звичка повторюється, але інакше?", "Which habit returns, and what is new in it?"),
            ("Що їх поєднує?", "What ties them together?"),
            ("Чого вони чекають?", "What are they waiting for?"),
            ("Яке невелике бажання з’являється?", "Which small wish appears?"),
            ("Що вони роблять разом мовчки?", "What do they do together without a word?"),
            ("Яке питання лишається без відповіді?", "Which question stays unanswered?"),
        ),
        ("medium", "two", "over-shoulder", "insert", "close", "wide", "medium-close", "high", "full"),
        ("grid-2x2", "three-rows", "big-right", "two-vertical"),
    ),
    Beat(
        "ten", 1.2, 1, ("Тен: поворот", "Ten: the turn"), ("здивований", "surprised"), 1,
        (
            ("Що зовсім інше раптом стає поряд?", "What quite different thing suddenly stands beside it?"),
            ("Чиїми очима ми дивимося тепер?", "Through whose eyes do we look now?"),
            ("Яке місце чи який час з’являється без пояснення?", "Which place or time appears unexplained?"),
            ("Що читач ще не може поєднати з початком?", "What can a reader not yet tie to the beginning?"),
            ("Що тут дивне, але не страшне?", "What is strange here, but not frightening?"),
            ("Який звук або колір усе змінює?", "Which sound or colour changes everything?"),
            ("Хто з’являється вперше?", "Who appears for the first time?"),
        ),
        ("wide", "extreme-close", "low", "insert", "extreme-wide", "over-shoulder", "close", "two", "full"),
        ("big-bottom", "manga-3", "action", "big-left"),
    ),
    Beat(
        "ketsu", 1.0, 2, ("Кецу: поєднання", "Ketsu: the tying together"), ("світлий", "hopeful"), 2,
        (
            ("Як початок і поворот виявляються однією історією?", "How do start and turn prove one story?"),
            ("Що тепер читач бачить інакше?", "What does a reader now see differently?"),
            ("Що лишається тим самим?", "What stays the same?"),
            ("Яка дрібниця з початку повертається?", "Which small thing of the beginning returns?"),
            ("Що вони кажуть або чого не кажуть наприкінці?", "What do they say or leave unsaid?"),
            ("Який образ закриває коло?", "Which image closes the circle?"),
            ("З яким настроєм ми йдемо звідси?", "In which mood do we leave?"),
        ),
        ("two", "extreme-wide", "close", "medium", "insert", "wide", "medium-close", "full", "high"),
        ("big-top", "two-horizontal", "single", "three-rows"),
    ),
)  # fmt: skip

_GAG: tuple[Beat, ...] = (
    Beat(
        "setup", 1.0, 3, ("Зачин", "The setup"), ("спокійний", "calm"), 0,
        (
            ("Хто і що робить, якщо дивитися просто?", "Who does what, plainly seen?"),
            ("Чого ця людина хоче просто зараз?", "What does this person want right now?"),
            ("Яке правило знають усі присутні?", "Which rule does everybody here know?"),
            ("Що читач вважатиме звичайним?", "What will a reader take for ordinary?"),
            ("Який предмет видно від самого початку?", "Which object is in sight from the very start?"),
            ("Хто певен, що все під контролем?", "Who is sure that all is under control?"),
            ("Де це відбувається?", "Where does it take place?"),
        ),
        ("wide", "medium", "two", "full", "insert", "medium-close", "over-shoulder", "high", "close"),
        ("grid-2x2", "two-horizontal", "three-rows", "strip-3"),
    ),
    Beat(
        "build", 1.0, 4, ("Розгін", "The build-up"), ("грайливий", "playful"), 0,
        (
            ("Що робить справу трохи гіршою?", "What makes the matter a little worse?"),
            ("Яка впертість заважає зупинитися?", "Which stubbornness keeps it going?"),
            ("Що повторюється втретє?", "What is repeated for the third time?"),
            ("Хто дає пораду, якої не слід слухати?", "Who gives advice that should not be taken?"),
            ("Що ось-ось упаде, зламається або заговорить?", "What is about to fall, break or speak?"),
            ("Чого читач тепер чекає?", "What does a reader now expect?"),
            ("Хто ще нічого не помітив?", "Who has noticed nothing yet?"),
        ),
        ("medium", "two", "close", "low", "over-shoulder", "insert", "full", "medium-close", "wide"),
        ("grid-2x2", "big-right", "three-rows", "two-vertical"),
    ),
    Beat(
        "turn", 1.0, 2, ("Поворот", "The turn"), ("здивований", "surprised"), 1,
        (
            ("Що стається замість очікуваного?", "What happens instead of what was expected?"),
            ("Хто про це знав від початку?", "Who has known it from the start?"),
            ("Який доказ був перед очима весь час?", "Which proof was in plain sight all along?"),
            ("Чиє обличчя каже все без слів?", "Whose face says it all without a word?"),
            ("Що хтось зрозумів неправильно?", "What did somebody get wrong?"),
            ("Що тепер не сховаєш?", "What can no longer be hidden?"),
            ("Скільки тривала тиша?", "How long did the silence last?"),
        ),
        ("close", "extreme-close", "wide", "insert", "two", "low", "medium-close", "over-shoulder", "full"),
        ("big-bottom", "grid-2x2", "big-left", "manga-3"),
    ),
    Beat(
        "punch", 1.0, 1, ("Розв’язка", "The punch line"), ("веселий", "joyful, funny"), 2,
        (
            ("Яке останнє слово або який останній погляд?", "Which last word, or which last look?"),
            ("Хто сміється останнім?", "Who laughs last?"),
            ("Що стоїть на тлі, чого спершу не видно?", "What stands in the background, unseen at first?"),
            ("Чим усе закінчилося насправді?", "How did it really end?"),
            ("Чого герой так і не навчився?", "What has the hero still not learnt?"),
            ("Який предмет повертається?", "Which object comes back?"),
            ("Що буде завтра знову?", "What will happen again tomorrow?"),
        ),
        ("two", "wide", "close", "full", "medium", "insert", "extreme-wide", "medium-close", "low"),
        ("grid-2x2", "big-top", "two-horizontal", "single"),
    ),
)  # fmt: skip

KISHOTENKETSU = Sheet(
    id="kishotenketsu",
    title=("Кішотенкецу: поворот без бою", "Kishotenketsu: a turn without a fight"),
    beats=_KISHOTENKETSU,
    chapter_names={
        1: (("Уся історія", "The whole story"),),
        2: (("Звідки ми", "Where we come from"), ("Поворот", "The turn")),
        3: (("Вступ", "Introduction"), ("Поворот", "The turn"), ("Поєднання", "Tied together")),
        4: (
            ("Вступ", "Introduction"),
            ("Розвиток", "Development"),
            ("Поворот", "The turn"),
            ("Поєднання", "Tied together"),
        ),
    },
    chapter_starts={
        1: ("ki",),
        2: ("ki", "ten"),
        3: ("ki", "ten", "ketsu"),
        4: ("ki", "sho", "ten", "ketsu"),
    },
)
GAG = Sheet(
    id="gag",
    title=("Жарт на чотири такти", "A gag in four beats"),
    beats=_GAG,
    chapter_names={
        1: (("Жарт", "The gag"),),
        2: (("Зачин", "The setup"), ("Поворот", "The turn")),
        3: (("Зачин", "The setup"), ("Поворот", "The turn"), ("Розв’язка", "The punch line")),
        4: (
            ("Зачин", "The setup"),
            ("Розгін", "The build-up"),
            ("Поворот", "The turn"),
            ("Розв’язка", "The punch line"),
        ),
    },
    chapter_starts={
        1: ("setup",),
        2: ("setup", "turn"),
        3: ("setup", "turn", "punch"),
        4: ("setup", "build", "turn", "punch"),
    },
)
