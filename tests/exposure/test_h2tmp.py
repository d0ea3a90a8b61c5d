import time, datetime as dt
from django.db import connection
from tests.loop.conftest import DAY, unit
from riskloop.organisation.sync import sync_organisation
from riskloop.exposure.report import *
from riskloop.exposure.tables import UnitTable, TellerTable
def test_big(person, client):
    user = person("ann")
    us=[unit("HO","head_office",None)]
    for a in range(30):
        us.append(unit(f"A{a}","tier1_branch","HO"))
        for b in range(10):
            us.append(unit(f"A{a}B{b}","tier2_branch",f"A{a}"))
            for c in range(50):
                us.append(unit(f"A{a}B{b}C{c}","outlet",f"A{a}B{b}"))
    sync_organisation(units=us, staff=[], tellers=[])
    with connection.cursor() as c:
        c.execute("insert into exposure_dailyvolume(day,unit_id,teller_id,volume) select date '2024-03-15'-d, u.unit_id, u.unit_id||'T'||t, 100 from organisation_unit u, generate_series(0,9) d, generate_series(1,5) t where level='outlet'")
        c.execute("analyze")
    for name,f in (('units',lambda: exposure_of_units(user, DAY-dt.timedelta(days=9), DAY)),('tellers',lambda: exposure_of_tellers(user, DAY-dt.timedelta(days=9), DAY))):
        t=time.time(); rows=f(); t1=time.time()
        T=(UnitTable if name=='units' else TellerTable)(rows,DAY,DAY,order_by=["-volume"]); t2=time.time()
        print(name,len(rows),'report',round(t1-t,2),'sort',round(t2-t1,2))
    assert client.login(username="ann", password="a long enough password")
    t=time.time(); client.get("/exposure/"); print('page', time.time()-t)
