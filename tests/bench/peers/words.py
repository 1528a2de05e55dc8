"""What is said in the peers' calls, in Arabic and in English, about as long as what the product says."""

ARABIC = ("صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة")
NOTICE_AR = (
    "هذا الخط محمي من الاحتيال. لا نُعطي هنا بيانات شخصية أبدًا. ويتم الإبلاغ عن محاولات الاحتيال.",
    "لم يصلنا الرقم الصحيح. يُرجى المحاولة مرة أخرى.",
)
NOTICE_EN = (
    "This line is protected against fraud. We never give out personal data. Fraud attempts are reported.",
    "We did not receive the right key. Please try again.",
)
OFFER_AR = (
    "نخلة للاتصالات: اتصال من رقم مجهول. لقبول المكالمة، اضغطوا واحد. لقبولها والثقة بالرقم، اضغطوا اثنين. لرفضها،"
    " اضغطوا ثلاثة. للإبلاغ عنها، اضغطوا تسعة. لخدمة العملاء، اضغطوا صفر. ينتهي رقم المتصل بالأرقام: {digits}. لا"
    " تُعطوا أحدًا الرقم السري أو رمز التحقق أو البيانات البنكية."
)
OFFER_EN = (
    "Nakhla Telecom: an unknown number is calling. To take the call, press 1. To take it and trust this number,"
    " press 2."
    " To decline, press 3. To report it, press 9. For customer care, press 0. The caller's number ends in {digits}."
    " Never share PINs, codes or bank details."
)
CONNECTING = ("سيتم الآن توصيلكم بالمتصل.", "We are connecting you now.")
STAR = ("لإنهاء المكالمة والإبلاغ عنها، اضغطوا النجمة.", "To end the call and report it, press star.")
WAIT = ("لحظة من فضلكم.", "One moment, please.")
RECORDED = ("تم تسجيل بلاغكم.", "Your report has been recorded.")
WHAT = (
    (
        "يُرجى اختيار ما أراده المتصل. إذا تحدث عن جائزة، اضغطوا واحد. إذا طلب بيانات بنكية أو رقمًا سريًا أو"
        " رمز تحقق،"
        " اضغطوا اثنين. إذا طلب أموالًا، اضغطوا ثلاثة. إذا ادّعى أنه يمثلنا أو يمثل جهة رسمية، اضغطوا أربعة."
        " إذا كان الأمر"
        " مكالمة فائتة أو رابطًا، اضغطوا خمسة. لأي أمر آخر، اضغطوا ستة."
    ),
    (
        "Please choose what the caller wanted. If it was about a prize, press 1. If they asked for bank"
        " details, a PIN or a"
        " code, press 2. If they asked for money, press 3. If they claimed to be us or an authority, press 4."
        " If it was a"
        " missed call or a link, press 5. For anything else, press 6."
    ),
)
LOST = (
    "سؤال أخير. إذا خسرتم أو أعطيتم المتصل أي شيء، اضغطوا واحد. إذا لم يحدث ذلك، اضغطوا اثنين.",
    "One last question. If you lost anything, or gave anything away, press 1. If you did not, press 2.",
)
THANKS = (
    "الرقم المرجعي لبلاغكم: {digits}. هذه المكالمات خارجة عن سيطرة نخلة للاتصالات. بلاغكم هو ما يساعد على مكافحتها.",
    (
        "Your reference number is {digits}. Nakhla Telecom cannot control such calls. Your report is what helps"
        " to fight"
        " them."
    ),
)
NOT_AVAILABLE = (
    (
        "الشخص الذي تتصلون به غير متاح الآن. يُرجى معاودة الاتصال لاحقًا. كما يمكنكم ترك رسالة قصيرة الآن، ثم"
        " الضغط على"
        " المربع."
    ),
    (
        "The person you are calling is not available. Please try again later. Or leave a short message now, then press"
        " hash."
    ),
)
GOODBYE = ("مع السلامة.", "Goodbye.")
CATEGORIES = ("prize", "bank", "money", "official", "link", "other")
