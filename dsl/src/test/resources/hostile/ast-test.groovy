@groovy.transform.ASTTest(value = { new File('CANARY').text = 'x' })
def x = 1
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
